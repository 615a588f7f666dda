"""Subscriptions to images or detections, calibration and depth images."""
