# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""refined.txt: tracks of one person are merged, with frame numbers of the source."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from full_disk import full_disk
from make_track import make_track

from fairmot_ros.evaluation import read_mot
from fairmot_ros.evaluation.refinement import RefinementSettings
from fairmot_ros.files.writing import WriteError
from fairmot_ros.standalone.outputs.base import TrackedFrame
from fairmot_ros.standalone.outputs.choice import OutputChoice, Outputs
from fairmot_ros.types import Tracks

CHOICE = OutputChoice(video=False, mot=False, refinement=RefinementSettings(smoothing=0.0))


def frame_of(index: int, number: int, stamp: float) -> TrackedFrame:
    """Return a frame with a person who is lost in frames 20 to 23, and a bystander."""
    image = np.zeros((8, 8, 3), np.uint8)
    tracks = [make_track(9, (900 - 3 * index, 500, 40, 100))]
    if not 20 <= index < 24:
        tracks.append(make_track(1 if index < 20 else 2, (100 + 4 * index, 100, 40, 100)))
    return TrackedFrame(number, stamp, image, Tracks.of(tracks))


def write(folder: Path, stamps: list[float], every: int = 1) -> tuple[list[Path], list[str]]:
    outputs = Outputs(CHOICE, folder, 10.0, is_live=False)
    for index, stamp in enumerate(stamps):
        outputs.write(frame_of(index, 1 + every * index, stamp))
    return outputs.close()


@pytest.mark.parametrize('every', [1, 3])
def test_tracks_are_merged_and_keep_the_frame_numbers(tmp_path: Path, every: int) -> None:
    files, notes = write(tmp_path, [i / 10 for i in range(50)], every)
    assert files == [tmp_path / 'refined.txt']
    rows = read_mot(files[0])
    assert set(rows[:, 1]) == {1, 9}
    own = rows[rows[:, 1] == 1]
    assert own[:, 0].tolist() == [1 + every * i for i in range(50)]
    np.testing.assert_allclose(own[:, 2], [100 + 4 * i for i in range(50)])
    assert notes == [
        'refined.txt uses later frames: 1 tracks are merged into earlier ones, and 4 boxes are '
        'added'
    ]


def test_nothing_is_merged_where_time_goes_back(tmp_path: Path) -> None:
    stamps = [i / 10 for i in range(22)] + [i / 10 for i in range(28)]
    write(tmp_path, stamps)
    assert set(read_mot(tmp_path / 'refined.txt')[:, 1]) == {1, 2, 9}


def test_no_tracks_give_an_empty_file(tmp_path: Path) -> None:
    outputs = Outputs(CHOICE, tmp_path, 10.0, is_live=False)
    outputs.write(TrackedFrame(1, 0.0, np.zeros((8, 8, 3), np.uint8), Tracks.of([])))
    outputs.close()
    assert (tmp_path / 'refined.txt').read_text() == ''


def test_a_full_disk_leaves_no_file(tmp_path: Path) -> None:
    outputs = Outputs(CHOICE, tmp_path, 10.0, is_live=False)
    for index in range(50):
        outputs.write(frame_of(index, index + 1, index / 10))
    with full_disk(100), pytest.raises(WriteError, match=r'refined.txt cannot be written'):
        outputs.close()
    assert list(tmp_path.iterdir()) == []
