"""Conversion and drawing of empty track lists."""

import numpy as np
import pytest

pytest.importorskip('rclpy', reason='needs ROS 2')
from std_msgs.msg import Header

from fairmot_ros.media.drawing import Annotator
from fairmot_ros.pipeline import filter_tracks
from fairmot_ros.ros.conversions.tracks import TrackConverter
from fairmot_ros.types import Tracks

NONE = Tracks.of([])


def test_no_tracks_give_empty_arrays() -> None:
    converter, header = TrackConverter([], 'model'), Header(frame_id='eye')
    for tracks in (NONE, [], filter_tracks(NONE, 100.0, 1.6), filter_tracks([], 100.0, 1.6)):
        assert converter.detections(tracks, header).header == header
        assert len(converter.detections(tracks, header).detections) == 0
        assert len(converter.tracks(tracks, header).tracks) == 0


def test_drawing_no_tracks_keeps_the_image_size() -> None:
    annotator = Annotator()
    annotator.add_positions(NONE, 1.0)
    canvas = annotator.draw(np.zeros((40, 60, 3), np.uint8), NONE, 0.0, NONE)
    assert canvas.shape == (40, 60, 3)
