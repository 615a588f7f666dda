# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Conversion of tracks to messages, and of empty lists."""

from copy import deepcopy

import numpy as np
import pytest

pytest.importorskip('rclpy', reason='needs ROS 2')
from make_track import make_track
from std_msgs.msg import Header

from fairmot_ros.media.drawing import Annotator
from fairmot_ros.msg import TrackEvent
from fairmot_ros.pipeline import filter_tracks
from fairmot_ros.ros.conversions.tracks import TrackConverter
from fairmot_ros.tracker import Tracker, TrackerConfig
from fairmot_ros.types import Detections, Tracks

NONE = Tracks.of([])


def test_all_messages_name_a_track_alike() -> None:
    converter = TrackConverter(['person'], 'model', camera='front', names={7: 'Ada'})
    header = Header(frame_id='eye')
    known, other = make_track(7), make_track(8)
    detections = converter.detections([known, other], header).detections
    tracks = converter.tracks([known, other], header).tracks
    events = [converter.event(TrackEvent.ENTERED, track) for track in (known, other)]
    assert [d.id for d in detections] == ['front/7', 'front/8']
    for messages in (tracks, events):
        assert [(m.track_id, m.id, m.name) for m in messages] == [
            (7, 'front/7', 'Ada'),
            (8, 'front/8', ''),
        ]


def test_an_event_has_the_box_of_the_last_match_although_the_track_has_moved_on() -> None:
    converter = TrackConverter(['person'], 'model')
    (predicted,) = converter.tracks([make_track(3, (50, 0, 10, 20))], Header()).tracks
    assert predicted.bbox.center.position.x == 55
    event = converter.event(TrackEvent.LOST, make_track(3, (10, 0, 10, 20)))
    assert event.bbox.center.position.x == 15


def test_messages_are_not_changed_by_later_frames() -> None:
    """No array of a message is a view of what the tracker uses again."""
    tracker, converter = Tracker(TrackerConfig()), TrackConverter(['person'], 'model')
    embeddings = np.eye(3, 8, dtype=np.float32)
    kept = []
    for i in range(12):
        boxes = np.array([[100.0 * k + 4 * i, 50, 100 * k + 4 * i + 40, 170] for k in range(3)])
        found = Detections(boxes, np.full(3, 0.9 - 0.01 * i), embeddings)
        visible = tracker.update(found, stamp=10.0 + i / 10)
        messages = (
            converter.tracks([*visible, *tracker.lost], Header()),
            converter.detections(visible, Header()),
        )
        assert len(messages[0].tracks) == 3
        kept += [(message, deepcopy(message)) for message in messages]
        boxes[:] = 0.0  # nor of the detections
        embeddings = embeddings * np.float32(0.99)
    for message, copy in kept:
        assert message == copy


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
