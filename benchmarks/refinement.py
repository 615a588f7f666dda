# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Gain of the second pass over finished tracks, which uses later frames, and its time.

Its settings were chosen on four sequences of 2DMOT15 without embeddings, and on recorded scenes in
which each person is hidden once; both come first. The other sequences only report.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np

from benchmarks import REFERENCE_DATA
from benchmarks.association import KEPT_APART, SCENES, TUNED_ON, mot15, scene
from benchmarks.detector_tables import with_images
from benchmarks.recorded_detections import DEFAULT, Sequence, head, row
from benchmarks.sequences import INDOOR, STREET, LabelledSequence
from benchmarks.teacher_detections import CACHE, default_model, default_model_name
from fairmot_ros.evaluation import evaluate_mot
from fairmot_ros.evaluation.refinement import (
    EmbeddingSampler,
    EmbeddingSamples,
    RefinementSettings,
    refine,
)

USUAL = RefinementSettings()
PASSES: dict[str, RefinementSettings | None] = {
    'offline': None,
    'merged': replace(USUAL, max_fill_gap=0.0, smoothing=0.0),
    'gaps filled': replace(USUAL, max_link_gap=0.0, smoothing=0.0),
    'smoothed': replace(USUAL, max_link_gap=0.0, max_fill_gap=0.0),
    'refined (all three)': USUAL,
}
#: Seconds for which a person is hidden in the recorded scenes, from and to.
HIDDEN = (1.6, 4.0)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of this part."""
    parser.add_argument(
        '--cache',
        type=Path,
        default=CACHE,
        metavar='FOLDER',
        help='where the detections of the default model are kept (default: %(default)s)',
    )


def run(options: argparse.Namespace) -> None:
    """Measure and print."""
    recorded = REFERENCE_DATA / 'data' / 'mot15_detections'
    if not recorded.is_dir():
        print(f'refinement: no sequences in {recorded}: set FAIRMOT_TEST_DATA to the data')
        return
    fixtures = REFERENCE_DATA / 'fixtures'
    report('2DMOT15, chosen on', {name: mot15(recorded / name) for name in TUNED_ON})
    hidden = {name: hide_people(fixtures / f'{file}.npz') for name, file in SCENES.items()}
    report('scenes with hidden people, chosen on', hidden)
    report('2DMOT15, not chosen on', {name: mot15(recorded / name) for name in KEPT_APART})
    names = [name for name in (*STREET, *INDOOR) if LabelledSequence.available(name)]
    shown = with_images(default_model_name(), default_model, names, options.cache)
    for name, sequence in shown.items():
        report(f'default model, {name}', {name: sequence})
    report('default model, all', shown)
    report_growth()


def report(title: str, sequences: Mapping[str, Sequence]) -> None:
    """Print the metrics of all sequences together, with each kind of second pass."""
    print(head(title))
    tracked = {}
    for name, sequence in sequences.items():
        sampler = EmbeddingSampler()
        begin = time.perf_counter()
        rows = sequence.tracks(DEFAULT, sampler=sampler)
        tracked[name] = rows, sampler.samples(), time.perf_counter() - begin
    for kind, settings in PASSES.items():
        pairs, merged, seconds = {}, 0, 0.0
        for name, sequence in sequences.items():
            rows, samples, _ = tracked[name]
            if settings is not None:
                stamps = np.arange(1, len(sequence.frames) + 1) / sequence.rate
                begin = time.perf_counter()
                refined = refine(rows, stamps, samples, settings)
                seconds += time.perf_counter() - begin
                rows, merged = refined.rows, merged + len(refined.merged)
            pairs[name] = sequence.truth, sequence.judged(rows)
        share = seconds / sum(entry[2] for entry in tracked.values())
        text = f'{kind} ({merged} merged, {share:.0%} of tracking)' if settings else kind
        print(row(text, evaluate_mot(pairs)['COMBINED']))


def report_growth() -> None:
    """Print the time for growing numbers of tracks, beside that for the first number."""
    rng = np.random.default_rng(0)
    first = 0.0
    print(f'{"tracks":>8}{"in a minute":>13}{"seconds":>10}{"ratio":>8}')
    for tracks in (1000, 2000, 4000, 8000):
        for minutes in (tracks / 1000, 1.0):
            rows = []
            for track in range(1, tracks + 1):
                own = np.full((20, 10), -1.0)
                own[:, 0] = np.arange(20) + rng.integers(1, int(600 * minutes))
                own[:, 1], own[:, 4:7] = track, (40, 100, 0.9)
                own[:, 2:4] = rng.uniform(0, 2000, 2) + np.outer(
                    np.arange(20), rng.normal(0, 3, 2)
                )
                rows.append(own)
            stamps = np.arange(1, int(600 * minutes) + 21) / 10
            ids = np.repeat(np.arange(1, tracks + 1), 4)
            times = np.concatenate([stamps[own[::5, 0].astype(int) - 1] for own in rows])
            vectors = rng.normal(size=(len(ids), 128)).astype(np.float32)
            begin = time.perf_counter()
            refine(np.concatenate(rows), stamps, EmbeddingSamples(ids, times, vectors))
            seconds = time.perf_counter() - begin
            first = first or seconds
            print(f'{tracks:8}{tracks / minutes:13.0f}{seconds:10.2f}{seconds / first:8.1f}')


def hide_people(path: Path) -> Sequence:
    """Return a recorded scene in which the detections of each person are missing for a while."""
    sequence = scene(path)
    with np.load(path) as arrays:
        people = np.split(arrays['det_gt'], arrays['offsets'][1:-1])
    rng = np.random.default_rng(1)
    frames = len(sequence.frames)
    hidden = {}
    for person in np.unique(np.concatenate(people)):
        duration = min(int(rng.uniform(*HIDDEN) * sequence.rate), frames // 2)
        start = int(rng.integers(5, max(6, frames - duration - 5)))
        hidden[person] = range(start, start + duration)
    kept = [
        found[np.array([p < 0 or frame not in hidden[p] for p in own], np.bool_)]
        for frame, (found, own) in enumerate(zip(sequence.frames, people))
    ]
    return Sequence(kept, sequence.rate, sequence.truth, sequence.ignored, sequence.motions)
