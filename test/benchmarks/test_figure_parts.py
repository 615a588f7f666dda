# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""What the generated figures are made of, on a short sequence and on made-up boxes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from benchmarks.error_images import SHOWN, WIDTH, error_sheets, outcome
from benchmarks.figures.engine_drift import Drift
from benchmarks.figures.false_alarms import per_image
from benchmarks.figures.markdown import percents, table
from benchmarks.figures.training_sets import unpack, without_people
from benchmarks.sequences import LabelledSequence
from fairmot_ros.media.seqinfo import SeqInfo
from fairmot_ros.types import Detections

BOX = np.array([[10.0, 10.0, 30.0, 60.0]])


class StillSequence(LabelledSequence):
    """A sequence of grey images."""

    def images(self):
        for _ in range(self.info.length):
            yield np.full((self.info.height, self.info.width, 3), 90, np.uint8)


def sequence(truth: list[tuple[float, ...]]) -> LabelledSequence:
    rows = np.array(truth, float).reshape(-1, 10)
    info = SeqInfo(name='still', frame_rate=10.0, length=100, width=160, height=120)
    return StillSequence(Path(), info, rows, clip=True)


def label(frame: int, mark: float = 1.0) -> tuple[float, ...]:
    return (frame, 1, 10, 10, 20, 50, mark, -1, -1, -1)


def test_table() -> None:
    assert table(('', 'a'), [('b', 'c')]) == '| | a |\n| --- | --- |\n| b | c |'
    assert percents({'MOTA': 0.7949, 'IDF1': 0.5, 'HOTA': 1.0}) == '79.5 / 50.0 / 100.0'


def test_boxes_on_people_who_are_not_judged_are_no_errors() -> None:
    good, false, missed = outcome(sequence([label(1, mark=0.0)]), 1, BOX)
    assert (len(good), len(false), len(missed)) == (0, 0, 0)
    good, false, missed = outcome(sequence([label(1)]), 1, np.vstack((BOX, BOX + 60)))
    assert (len(good), len(false), len(missed)) == (1, 1, 0)


def test_sheets_show_the_frame_with_the_error() -> None:
    still = sequence([label(1), label(60)])
    sheets = error_sheets({'still': still}, {'still': {1: BOX}})
    assert {sheet.shape for sheet in sheets.values()} == {(360, SHOWN * WIDTH, 3)}
    missed = (sheets['worst'] == (40, 220, 240)).all(axis=2)
    assert missed[:, WIDTH : 2 * WIDTH].any(), 'the second frame has the missed person'
    assert not missed[:, :WIDTH].any()


def test_drift_compares_corresponding_detections() -> None:
    embeddings = np.eye(2, dtype=np.float32)
    reference = Detections(np.vstack((BOX, BOX + 50)), np.array([0.9, 0.8]), embeddings)
    other = Detections(BOX + 1.5, np.array([0.85]), embeddings[:1])
    drift = Drift()
    drift.add(reference, other)
    assert drift.unmatched == 1
    assert drift.scores == pytest.approx([0.05])
    assert drift.corners == pytest.approx([1.5])
    assert drift.cosines == pytest.approx([1.0])


def test_false_alarms_are_counted_above_the_threshold() -> None:
    frames = [Detections(np.vstack((BOX, BOX)), np.array([0.9, 0.5])), Detections(BOX, [0.6])]
    assert per_image(frames, 0.5) == '1.000'


def test_sets_are_unpacked_once(reference_data: Path, tmp_path: Path) -> None:
    folder = unpack('mot17_mini', tmp_path, images=())
    assert [path.name for path in folder.iterdir()] == ['annotations.json']
    assert without_people(folder) == [], 'its images were not unpacked'
    assert unpack('mot17_mini', tmp_path) == folder
    assert not (folder / 'images').exists()
