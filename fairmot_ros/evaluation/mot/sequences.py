# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Reading the sequences of a benchmark, in full or by halves."""

from __future__ import annotations

from pathlib import Path

from fairmot_ros.evaluation.mot.text_format import FRAME, MotArray, read_mot
from fairmot_ros.media.seqinfo import read_seqinfo

SPLITS = ('all', 'half-train', 'half-val')


def split_frames(length: int, split: str) -> range:
    """Return the frame numbers, from 1 on, of a part of a sequence.

    The halves are those that FairMOT uses on the training set of MOT17: the first
    floor(length / 2) frames for training, the rest for validation.

    Args:
        length: number of frames of the sequence.
        split: 'all', 'half-train' or 'half-val'.

    Raises:
        ValueError: if the split is unknown.
    """
    if split not in SPLITS:
        raise ValueError(f'split must be one of {", ".join(SPLITS)}, got {split!r}')
    half = length // 2
    return {
        'all': range(1, length + 1),
        'half-train': range(1, half + 1),
        'half-val': range(half + 1, length + 1),
    }[split]


def select_frames(rows: MotArray, frames: range) -> MotArray:
    """Return the rows of a range of frames; frame numbers are not changed."""
    return rows[(rows[:, FRAME] >= frames.start) & (rows[:, FRAME] < frames.stop)]


def read_sequences(
    ground_truth: str | Path, results: str | Path, split: str = 'all'
) -> dict[str, tuple[MotArray, MotArray]]:
    """Read a benchmark in the folder layout of MOTChallenge, for `evaluate_mot`.

    Args:
        ground_truth: folder with `<sequence>/gt/gt.txt`, and for halves `<sequence>/seqinfo.ini`.
        results: folder with `<sequence>.txt` for each sequence to evaluate.
        split: part of each sequence, see `split_frames`.

    Returns:
        Ground truth and results by sequence name.

    Raises:
        FileNotFoundError: if a sequence has no ground truth or there are no results.
        ValueError: if a file has an invalid format.
    """
    ground_truth, results = Path(ground_truth), Path(results)
    files = sorted(results.glob('*.txt'))
    if not files:
        raise FileNotFoundError(f'{results}: no results; expected files <sequence>.txt')
    sequences = {}
    for file in files:
        folder = ground_truth / file.stem
        pair = read_mot(folder / 'gt' / 'gt.txt'), read_mot(file)
        if split != 'all':
            frames = split_frames(read_seqinfo(folder).length, split)
            pair = select_frames(pair[0], frames), select_frames(pair[1], frames)
        sequences[file.stem] = pair
    return sequences
