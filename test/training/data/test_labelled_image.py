# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Labelled images with labels of teachers."""

from pathlib import Path

import numpy as np
import pytest

from fairmot_ros.training.data.labelled_image import LabelledImage


def test_teacher_detections_complete_the_labels() -> None:
    labelled = np.array([[10, 10, 30, 70]], np.float32)
    detections = np.array(
        [
            [12, 11, 31, 72, 0.9],  # labelled already
            [80, 10, 100, 70, 0.8],  # added
            [120, 10, 140, 70, 0.3],  # ignored
            [40, 10, 60, 70, 0.15],  # background
        ],
        np.float32,
    )
    image = LabelledImage(Path('a.jpg'), labelled, np.array([4]))
    completed = image.with_teacher_labels(detections, (0.2, 0.6))
    assert completed.boxes_xyxy.tolist() == [[10, 10, 30, 70], [80, 10, 100, 70]]
    assert completed.identities.tolist() == [4, -1]
    assert completed.ignored_xyxy.tolist() == [[120, 10, 140, 70]]


def test_teacher_labels_can_count_in_proportion_to_their_score() -> None:
    labelled = np.array([[10, 10, 30, 70]], np.float32)
    detections = np.array(
        [[80, 10, 100, 70, 0.9], [120, 10, 140, 70, 0.3], [160, 10, 180, 70, 0.15]], np.float32
    )
    image = LabelledImage(Path('a.jpg'), labelled, np.array([4]))
    completed = image.with_teacher_labels(detections, (0.1, 0.2), certain_score=0.6)
    assert completed.scores.tolist() == pytest.approx([1, 1, 0.5])
    assert image.with_teacher_labels(detections, (0.1, 0.2)).scores is None
