"""From an image to detections: letterbox, network, decoding, back to image pixels."""

from fairmot_ros.detector.detector import Detector

__all__ = ['Detector']
