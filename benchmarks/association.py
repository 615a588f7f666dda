# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Tracking metrics of the association on recorded detections, beside the reference.

The sequences are 2DMOT15's with the detections of a Faster R-CNN and no images, so motion alone
counts; the same with their scores remapped; the recorded scenes, which have embeddings, and one a
moving camera; and the sequences with images, with the detections of several other detectors.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
from tqdm import tqdm

from benchmarks import REFERENCE_DATA
from benchmarks.detector_tables import report_detectors
from benchmarks.recorded_detections import (
    DEFAULT,
    Array,
    MakeConfig,
    Sequence,
    default,
    head,
    measure,
    reference,
    row,
)
from benchmarks.teacher_detections import CACHE
from fairmot_ros.evaluation import read_mot, read_seqinfo
from fairmot_ros.tracker import TrackerConfig
from fairmot_ros.types import Detections

TUNED_ON = ('ADL-Rundle-6', 'ETH-Bahnhof', 'KITTI-13', 'Venice-2')
KEPT_APART = ('PETS09-S2L1', 'TUD-Campus')
SCENES = {
    'a': 'scene_a_200x30',
    'b': 'scene_b_100x100',
    'd, moving camera': 'scene_d_camera_150x20',
    'e, 10 images per second': 'scene_e_lowfps_100x25',
}
DROPPED = 0.5  # of the images


def _logit(scores: Array) -> Array:
    limited = np.clip(scores, 1e-6, 1 - 1e-6)
    return np.log(limited / (1 - limited))


def _sigmoid(values: Array) -> Array:
    return 1 / (1 + np.exp(-values))


#: Changes of the scale of scores that a robust association does not depend on.
REMAPPINGS: dict[str, Callable[[Array], Array]] = {
    'as they are': lambda s: s,
    '0.5 s': lambda s: 0.5 * s,
    '0.2 + 0.6 s': lambda s: 0.2 + 0.6 * s,
    's ** 2': lambda s: s**2,
    's ** 8': lambda s: s**8,
    'sqrt(s)': np.sqrt,
    'round to 0.1': lambda s: np.round(s, 1),
    'clip to 0.2..0.6': lambda s: np.clip(s, 0.2, 0.6),
    'sigmoid(logit(s) - 2)': lambda s: _sigmoid(_logit(s) - 2),
    'sigmoid(logit(s) - 3.5)': lambda s: _sigmoid(_logit(s) - 3.5),
    'sigmoid(logit(s) / 2 - 1.5)': lambda s: _sigmoid(_logit(s) / 2 - 1.5),
}

ABLATION = {
    'default': DEFAULT,
    'score thresholds not adapted': replace(DEFAULT, min_score_scale=1.0),
    'no recovery by low scores': replace(DEFAULT, recover_low_scores=False),
    'no appearance': replace(DEFAULT, use_appearance=False),
    'embeddings of occluded detections included': replace(DEFAULT, skip_occluded_appearance=False),
    're-identified by appearance for 30 s': replace(DEFAULT, reid_timeout=30.0),
    'no camera motion': replace(DEFAULT, use_camera_motion=False),
    'confirmed without evidence': replace(DEFAULT, confirmation_evidence=0.0),
    'lost tracks dropped at once': replace(DEFAULT, lost_timeout=0.0, reid_timeout=0.0),
}


def mot15(folder: Path) -> Sequence:
    """Read one sequence: det/det.txt, gt/gt.txt and seqinfo.ini."""
    info = read_seqinfo(folder / 'seqinfo.ini')
    found = np.loadtxt(folder / 'det' / 'det.txt', delimiter=',', ndmin=2)
    frames = []
    for frame in range(1, info.length + 1):
        rows = found[found[:, 0] == frame]
        boxes = rows[:, 2:6].copy()
        boxes[:, 2:] += boxes[:, :2]
        frames.append(Detections(boxes, rows[:, 6]))
    return Sequence(frames, info.frame_rate, read_mot(folder / 'gt' / 'gt.txt'))


def scene(path: Path) -> Sequence:
    """Read one recorded scene."""
    arrays = dict(np.load(path))
    embeddings, rows = arrays['feats'].astype(np.float32), arrays['dets']
    frames = [
        Detections(rows[a:b, :4], rows[a:b, 4], embeddings[a:b])
        for a, b in zip(arrays['offsets'][:-1], arrays['offsets'][1:])
    ]
    visible = arrays['gt'][:, 6] >= 0.1
    truth = np.full((len(visible), 10), -1.0)
    truth[:, :6], truth[:, 6] = arrays['gt'][:, :6], 1
    motions = None
    if 'cam' in arrays:
        camera = np.concatenate(
            (arrays['cam'], np.tile([[[0.0, 0.0, 1.0]]], (len(frames), 1, 1))), axis=1
        )
        before = np.concatenate((camera[:1], camera[:-1]))
        motions = (camera @ np.linalg.inv(before))[:, :2]
    rate = float(arrays.get('frame_rate', 30.0))
    return Sequence(frames, rate, truth[visible], truth[~visible], motions)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of this part."""
    parser.add_argument(
        '--ablation', action='store_true', help='switch off one thing after another'
    )
    parser.add_argument(
        '--cache',
        type=Path,
        default=CACHE,
        metavar='FOLDER',
        help='where the detections of other detectors are kept (default: %(default)s)',
    )


def run(options: argparse.Namespace) -> None:
    """Measure and print."""
    report(REFERENCE_DATA, options.ablation)
    if not options.ablation:
        report_detectors(options.cache)


def report(data: Path, ablation: bool) -> None:
    """Print the tables of recorded detections."""
    recorded = data / 'data' / 'mot15_detections'
    if not recorded.is_dir():
        print(f'association: no sequences in {recorded}: set FAIRMOT_TEST_DATA to the data')
        return
    sequences = {name: mot15(recorded / name) for name in TUNED_ON + KEPT_APART}
    scenes = {name: scene(data / 'fixtures' / f'{file}.npz') for name, file in SCENES.items()}
    if ablation:
        _report_ablation(sequences, scenes)
        return
    makers: dict[str, MakeConfig] = {'reference, byte': reference('byte'), 'default': default}
    for name, make in makers.items():
        print(head(f'2DMOT15, motion only: {name}'))
        for sequence, metrics in measure(sequences, make).items():
            print(row(sequence + ('' if sequence in TUNED_ON else ' *'), metrics))
    print('(* took no part in the search for parameters)')
    print(head(f'{DROPPED:.0%} of the images dropped'))
    for name, make in makers.items():
        for dropped in (0.0, DROPPED):
            what = f'{name}, {"half" if dropped else "all"} of the images'
            print(row(what, measure(sequences, make, dropped)['COMBINED']))
    for title, names in {'the four tuned on': TUNED_ON, 'all six': TUNED_ON + KEPT_APART}.items():
        print(head(f'2DMOT15, {title}, scores remapped'))
        for name, remap in REMAPPINGS.items():
            changed = {sequence: sequences[sequence].remapped(remap) for sequence in names}
            for association, make in makers.items():
                what = f'{name}: {association.removeprefix("reference, ")}'
                print(row(what, measure(changed, make)['COMBINED']))
    print(head('recorded scenes, with embeddings'))
    makers = {'reference, fairmot': reference('fairmot'), 'default': default}
    for title, sequence in scenes.items():
        for name, make in makers.items():
            print(row(f'{title}: {name}', measure({title: sequence}, make)[title]))


def _report_ablation(sequences: Mapping[str, Sequence], scenes: Mapping[str, Sequence]) -> None:
    names = ('2DMOT15', *scenes)
    lines = [f'| | {" | ".join(names)} |', '|---' * (len(names) + 1) + '|']
    for name, config in tqdm(ABLATION.items(), unit='setting', leave=False):

        def make(_: float, config: TrackerConfig = config) -> TrackerConfig:
            return config

        tables = [measure(sequences, make)['COMBINED']]
        tables += [measure({title: one}, make)[title] for title, one in scenes.items()]
        cells = (
            f'{100 * t["HOTA"]:.1f} / {100 * t["IDF1"]:.1f} / {t["IDSW"]:.0f}' for t in tables
        )
        lines.append(f'| {name} | {" | ".join(cells)} |')
    print('HOTA / IDF1 / IDSW')
    print('\n'.join(lines))
