# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Time of evaluating MOT17's training set, beside TrackEval where that is installed."""

from __future__ import annotations

import argparse
import contextlib
import io
import tarfile
import tempfile
import time
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

from benchmarks import REFERENCE_DATA
from fairmot_ros.evaluation import evaluate_mot

ARCHIVE = 'data/tracker_results/mot17_train_gt_and_mpntrack.tar.xz'
NAMES = ('HOTA', 'MOTA', 'IDF1')


class Mot17:
    """Ground truth and results of the 21 sequences, as files."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.truth = {p.parent.parent.name: p for p in folder.rglob('gt.txt')}
        self.results = {p.stem: p for p in folder.rglob('MPNTrack/data/*.txt')}
        self.lengths = {n: _last_frame(p, self.results[n]) for n, p in self.truth.items()}

    def ours(self) -> dict[str, float]:
        """Evaluate with this package, from the files to the figures."""
        pairs = {name: (path, self.results[name]) for name, path in self.truth.items()}
        row = evaluate_mot(pairs, benchmark='MOT17')['COMBINED']
        return {name: row[name] for name in NAMES}

    def trackeval(self) -> dict[str, float]:
        """Evaluate with TrackEval, its printing and its summary files switched off."""
        import trackeval

        quiet = {'PRINT_CONFIG': False}
        any_truth = next(iter(self.truth.values()))
        dataset = trackeval.datasets.MotChallenge2DBox(
            {
                **quiet,
                'GT_FOLDER': str(any_truth.parents[2]),
                'SKIP_SPLIT_FOL': True,
                'TRACKERS_FOLDER': str(next(iter(self.results.values())).parents[2]),
                'TRACKERS_TO_EVAL': ['MPNTrack'],
                'BENCHMARK': 'MOT17',
                'SEQ_INFO': self.lengths,
            }
        )
        metrics = [
            trackeval.metrics.HOTA(),
            trackeval.metrics.CLEAR(quiet),
            trackeval.metrics.Identity(quiet),
        ]
        off = (
            'PRINT_RESULTS',
            'TIME_PROGRESS',
            'OUTPUT_SUMMARY',
            'OUTPUT_DETAILED',
            'PLOT_CURVES',
            'USE_PARALLEL',
        )
        evaluator = trackeval.Evaluator(
            {**quiet, **dict.fromkeys(off, False), 'LOG_ON_ERROR': None}
        )
        with contextlib.redirect_stdout(io.StringIO()):
            output, _ = evaluator.evaluate([dataset], metrics)
        row = output['MotChallenge2DBox']['MPNTrack']['COMBINED_SEQ']['pedestrian']
        return {
            'HOTA': float(row['HOTA']['HOTA'].mean()),
            'MOTA': float(row['CLEAR']['MOTA']),
            'IDF1': float(row['Identity']['IDF1']),
        }


def _last_frame(*files: Path) -> int:
    return max(int(line.split(',')[0]) for file in files for line in file.open())


def _timed(evaluate: Callable[[], dict[str, float]]) -> tuple[float, dict[str, float]]:
    started = time.perf_counter()
    row = evaluate()
    return time.perf_counter() - started, row


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of this part."""
    parser.add_argument('--repeats', type=int, default=3, help='rounds')


def run(options: argparse.Namespace) -> None:
    """Measure and print."""
    report(options.repeats)


def report(repeats: int) -> None:
    """Print both times and their ratio; each round times one after the other."""
    archive = REFERENCE_DATA / ARCHIVE
    if not archive.is_file():
        print(f'evaluation: no {archive}; set FAIRMOT_TEST_DATA to the folder of the test data')
        return
    with tempfile.TemporaryDirectory() as folder, tarfile.open(archive) as tar:
        tar.extractall(folder, filter='data')
        data = Mot17(Path(folder))
        peer = data.trackeval if find_spec('trackeval') else None
        own, other = [], []
        for _ in range(repeats):
            seconds, row = _timed(data.ours)
            own.append(seconds)
            if peer is not None:
                seconds, expected = _timed(peer)
                other.append(seconds)
                assert all(abs(row[n] - expected[n]) < 1e-6 for n in NAMES), (row, expected)
    print(f'evaluation of {len(data.truth)} sequences of MOT17: {min(own):.2f} s')
    if peer is None:
        print('  (pip install trackeval==1.3.0 to compare)')
    else:
        print(
            f'  TrackEval {min(other):.2f} s, {min(other) / min(own):.1f} times as long; '
            'the figures are equal within 1e-6'
        )
