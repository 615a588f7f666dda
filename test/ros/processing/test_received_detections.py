# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Detections received from other nodes: empty and invalid messages."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip('rclpy', reason='needs ROS 2')
from vision_msgs.msg import Detection2D, Detection2DArray, ObjectHypothesisWithPose

from fairmot_ros.msg import Track, TrackArray
from fairmot_ros.ros.processing.received_detections import (
    MAX_LABEL_LENGTH,
    MAX_LABELS,
    MAX_MODEL_LENGTH,
    DetectionError,
    ReceivedDetections,
)
from fairmot_ros.tracker import Tracker


def detections(
    *results: tuple[str, float], size: tuple[float, float] = (20.0, 60.0)
) -> Detection2DArray:
    """Return one detection for each pair of label and score."""
    message = Detection2DArray()
    for label, score in results:
        result = ObjectHypothesisWithPose()
        result.hypothesis.class_id, result.hypothesis.score = label, score
        detection = Detection2D(results=[result])
        detection.bbox.size_x, detection.bbox.size_y = size
        message.detections.append(detection)
    return message


def tracks(
    *results: tuple[str, float], embedding: tuple[float, ...] = (1.0, 2.0), model: str = 'm'
) -> TrackArray:
    """Return the same with an embedding for each."""
    message = TrackArray(model=model)
    for label, score in results:
        track = Track(class_id=label, score=score, embedding=np.array(embedding, np.float32))
        track.bbox.size_x, track.bbox.size_y = 20.0, 60.0
        message.tracks.append(track)
    return message


KINDS = pytest.mark.parametrize('make', [detections, tracks], ids=['detections', 'tracks'])


@KINDS
def test_empty_message_gives_no_detections_and_tracks_are_lost(make: type) -> None:
    source, tracker = ReceivedDetections(), Tracker()
    for stamp in (1.0, 1.1, 1.2):
        tracker.update(source.read(make(('person', 0.9))), stamp)
    empty = source.read(make())
    assert len(empty) == 0
    assert len(tracker.update(empty, 1.3)) == 0
    (lost,) = tracker.lost
    assert lost.time_since_update == pytest.approx(0.1)
    assert [t.track_id for t in tracker.update(source.read(make(('person', 0.9))), 1.4)] == [1]
    assert source.labels == ['person']


def test_embeddings_after_an_empty_first_message() -> None:
    source, tracker = ReceivedDetections(), Tracker()
    assert len(tracker.update(source.read(tracks()), 1.0)) == 0
    for stamp in (1.1, 1.2, 1.3):
        visible = tracker.update(source.read(tracks(('person', 0.95))), stamp)
    assert visible.embeddings is not None and visible.embeddings.shape == (1, 2)


@KINDS
@pytest.mark.parametrize('score', [87.5, 1.01, -0.5, float('nan'), float('inf')])
def test_scores_outside_0_to_1_are_rejected(make: type, score: float) -> None:
    with pytest.raises(DetectionError, match=r'has the score (.*); expected 0 to 1'):
        ReceivedDetections().read(make(('person', 0.5), ('person', score)))


def test_every_result_of_a_detection_is_checked() -> None:
    message = detections(('person', 0.5))
    message.detections[0].results += detections(('dog', float('nan'))).detections[0].results
    with pytest.raises(DetectionError, match='has the score nan'):
        ReceivedDetections().read(message)


@KINDS
def test_rounding_errors_of_scores_are_accepted(make: type) -> None:
    found = ReceivedDetections().read(make(('person', 1.0 + 1e-7), ('person', -1e-9)))
    assert found.scores.tolist() == [1.0, 0.0]


@KINDS
def test_long_labels_are_rejected_and_not_kept(make: type) -> None:
    source = ReceivedDetections()
    for i in range(60):
        label = f'{i}' * 500_000
        with pytest.raises(DetectionError, match=f'expected at most {MAX_LABEL_LENGTH}') as caught:
            source.read(make(('person', 0.5), (label, 0.5)))
        assert len(str(caught.value)) < 200
    assert source.labels == []
    source.read(make(('p' * MAX_LABEL_LENGTH, 0.5)))
    assert len(source.labels) == 1


@KINDS
def test_number_of_labels_is_limited(make: type) -> None:
    source = ReceivedDetections()
    source.read(make(*((f'kind {i}', 0.5) for i in range(MAX_LABELS))))
    with pytest.raises(DetectionError, match="'another' exceeds the limit of 1000 class lab"):
        source.read(make(('another', 0.5)))
    assert source.read(make((f'kind {MAX_LABELS - 1}', 0.5))).class_ids.tolist() == [999]
    assert len(source.labels) == MAX_LABELS


def test_long_model_name_is_rejected_and_not_kept() -> None:
    source = ReceivedDetections()
    with pytest.raises(DetectionError, match=f'expected at most {MAX_MODEL_LENGTH}'):
        source.read(tracks(('person', 0.5), model='m' * 1_000_000))
    assert source.model == ''


def test_rejected_message_changes_neither_labels_nor_model() -> None:
    source = ReceivedDetections()
    source.read(tracks(('person', 0.5), model='first'))
    for wrong in (
        tracks(('dog', 0.5), embedding=(), model='second'),
        tracks(('dog', 0.5), embedding=(0.0, 0.0), model='second'),
        tracks(('dog', 5.0), model='second'),
    ):
        with pytest.raises(DetectionError):
            source.read(wrong)
    with pytest.raises(DetectionError, match='has no area'):
        source.read(detections(('cat', 0.5), size=(float('nan'), 3.0)))
    with pytest.raises(DetectionError, match='must be finite'):
        source.read(detections(('cat', 0.5), size=(1e300, 3.0)))
    assert (source.labels, source.model) == (['person'], 'first')
