# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0

from __future__ import annotations

import numpy as np
import pytest
from mot_cases import scenes

from fairmot_ros.evaluation import evaluate_mot, write_mot
from fairmot_ros.evaluation.mot.sequences import read_sequences, select_frames, split_frames

# Frames of MOT17's training sequences, and of them in the published validation half.
MOT17 = {600: 300, 1050: 525, 837: 419, 525: 263, 654: 327, 900: 450, 750: 375}


@pytest.mark.parametrize(('length', 'validation'), MOT17.items())
def test_halves_of_mot17(length, validation):
    train, val = split_frames(length, 'half-train'), split_frames(length, 'half-val')
    assert (len(train), len(val)) == (length - validation, validation)
    assert [*train, *val] == list(split_frames(length, 'all')) == list(range(1, length + 1))


def test_unknown_split():
    with pytest.raises(ValueError, match='split must be one of all, half-train, half-val'):
        split_frames(10, 'test')


@pytest.fixture
def benchmark(tmp_path):
    """Write a benchmark to disk and return the folders of ground truth and results."""
    for name, (gt, results) in scenes().items():
        folder = tmp_path / 'train' / name / 'gt'
        folder.mkdir(parents=True)
        write_mot(folder / 'gt.txt', gt)
        (tmp_path / 'results').mkdir(exist_ok=True)
        write_mot(tmp_path / 'results' / f'{name}.txt', results)
        length = int(max(gt[:, 0].max(), results[:, 0].max()))
        (folder.parent / 'seqinfo.ini').write_text(
            f'[Sequence]\nname={name}\nframeRate=30\nseqLength={length}\nimWidth=640\n'
            'imHeight=480\n'
        )
    return tmp_path / 'train', tmp_path / 'results'


def test_whole_sequences(benchmark):
    got = evaluate_mot(read_sequences(*benchmark), 'MOT17')
    assert got == evaluate_mot(dict(sorted(scenes().items())), 'MOT17')


def test_half_sequences(benchmark):
    sequences = read_sequences(*benchmark, split='half-val')
    for name, (gt, results) in scenes().items():
        length = int(max(gt[:, 0].max(), results[:, 0].max()))
        np.testing.assert_array_equal(sequences[name][0], gt[gt[:, 0] > length // 2])
        np.testing.assert_array_equal(sequences[name][1], results[results[:, 0] > length // 2])
    halves = [
        evaluate_mot(read_sequences(*benchmark, split=s), 'MOT17')['COMBINED']
        for s in ('half-train', 'half-val')
    ]
    whole = evaluate_mot(scenes(), 'MOT17')['COMBINED']
    # Boxes are matched frame by frame, so the halves differ from the whole only where they meet.
    assert abs(sum(h['FN'] for h in halves) - whole['FN']) <= 3


def test_selected_frames_keep_their_numbers():
    rows = np.array([[f, 1, 0, 0, 5, 5, 1] for f in (1, 4, 5, 9)], dtype=float)
    assert select_frames(rows, range(4, 9))[:, 0].tolist() == [4, 5]


def test_missing_file_raises(benchmark, tmp_path):
    with pytest.raises(FileNotFoundError, match=r'no results; expected files <sequence>.txt'):
        read_sequences(benchmark[0], tmp_path)
    (benchmark[0] / 'crowd' / 'gt' / 'gt.txt').unlink()
    with pytest.raises(FileNotFoundError, match=r'crowd/gt/gt.txt: no such file'):
        read_sequences(*benchmark)
