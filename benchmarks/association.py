"""Identity metrics of the association on recorded detections, beside the published one.

The sequences are 2DMOT15's with the detections of a Faster R-CNN and no pictures, so motion alone
counts; the recorded scenes have embeddings, and one a moving camera.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from benchmarks import REFERENCE_DATA
from fairmot_ros.evaluation import evaluate_mot, read_mot, read_seqinfo
from fairmot_ros.evaluation.iou import box_iou
from fairmot_ros.tracker import Tracker, TrackerConfig
from fairmot_ros.types import Detections

Array = NDArray[np.float64]
MakeConfig = Callable[[float], TrackerConfig]  # given the frame rate
COLUMNS = ('HOTA', 'DetA', 'AssA', 'MOTA', 'IDF1', 'IDSW', 'FP', 'FN')
COUNTS = ('IDSW', 'FP', 'FN')
TUNED_ON = ('ADL-Rundle-6', 'ETH-Bahnhof', 'KITTI-13', 'Venice-2')
KEPT_APART = ('PETS09-S2L1', 'TUD-Campus')
SCENES = {
    'a': 'scene_a_200x30',
    'b': 'scene_b_100x100',
    'd, moving camera': 'scene_d_camera_150x20',
    'e, 10 images per second': 'scene_e_lowfps_100x25',
}
DROPPED = 0.5  # of the images

DEFAULT = TrackerConfig()
ABLATION = {
    'default': DEFAULT,
    'no recovery by low scores': replace(DEFAULT, recover_low_scores=False),
    'no appearance': replace(DEFAULT, use_appearance=False),
    'appearance not protected': replace(DEFAULT, protect_appearance=False),
    'found again by look for 30 s': replace(DEFAULT, max_absence=30.0),
    'no camera motion': replace(DEFAULT, use_camera_motion=False),
    'believed at the second sight': replace(DEFAULT, confirmation=0.0),
    'lost tracks dropped at once': replace(DEFAULT, max_lost=0.0, max_absence=0.0),
}


class Sequence:
    """Detections by frame with the truth about them."""

    def __init__(
        self,
        frames: list[Detections],
        rate: float,
        truth: Array,
        ignored: Array | None = None,
        motions: Array | None = None,
    ) -> None:
        """Hold everything.

        Args:
            frames: the detections.
            rate: frames per second.
            truth: MOTChallenge rows.
            ignored: such rows that nobody has to find; results that fit to them do not count.
            motions: [F, 2, 3], of the camera from the previous frame.
        """
        self.frames = frames
        self.rate = rate
        self.truth = truth
        self.ignored = ignored
        self.motions = motions

    def results(self, config: TrackerConfig, dropped: NDArray[np.bool_] | None = None) -> Array:
        """Return MOTChallenge rows of all frames, or of those that are not dropped."""
        tracker, rows = Tracker(config), [np.zeros((0, 10))]
        motion = np.eye(3)
        for i, detections in enumerate(self.frames):
            if self.motions is not None:
                motion = np.vstack((self.motions[i], (0, 0, 1))) @ motion
            if dropped is not None and dropped[i]:
                continue
            given = None if self.motions is None or config.published else motion[:2]
            tracks = tracker.update(detections, (i + 1) / self.rate, camera_motion=given)
            motion = np.eye(3)
            rows += [np.array([[i + 1, t.track_id, *t.box_xywh, 1, -1, -1, -1]]) for t in tracks]
        return self._counted(np.concatenate(rows))

    def _counted(self, rows: Array) -> Array:
        if self.ignored is None:
            return rows
        keep = np.ones(len(rows), np.bool_)
        for row in self.ignored:
            same = (rows[:, 0] == row[0]).nonzero()[0]
            others = self.truth[self.truth[:, 0] == row[0]]
            fit = box_iou(rows[same, 2:6], row[None, 2:6])[:, 0]
            better = box_iou(rows[same, 2:6], others[:, 2:6]).max(axis=1, initial=0.0)
            keep[same[(fit >= 0.5) & (fit > better)]] = False
        return rows[keep]


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
    looks, rows = arrays['feats'].astype(np.float32), arrays['dets']
    frames = [
        Detections(rows[a:b, :4], rows[a:b, 4], looks[a:b])
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


def measure(
    sequences: Mapping[str, Sequence], make: MakeConfig, dropped: float = 0.0
) -> dict[str, dict[str, float]]:
    """Return the metrics of each sequence and of all together."""
    pairs = {}
    for name, sequence in sequences.items():
        left_out = None
        truth = sequence.truth
        if dropped:
            left_out = np.random.default_rng(0).random(len(sequence.frames)) < dropped
            truth = truth[~left_out[truth[:, 0].astype(int) - 1]]
        pairs[name] = (truth, sequence.results(make(sequence.rate), left_out))
    return evaluate_mot(pairs, benchmark='MOT15')


def published(variant: str) -> MakeConfig:
    """Return a maker of the published association's settings."""
    return lambda rate: TrackerConfig.reference(frame_rate=rate, variant=variant)


def _row(name: str, metrics: Mapping[str, float]) -> str:
    numbers = (
        f'{metrics[c]:8.0f}' if c in COUNTS else f'{100 * metrics[c]:8.2f}' for c in COLUMNS
    )
    return f'{name:34}' + ''.join(numbers)


def _head(title: str) -> str:
    return f'{title:34}' + ''.join(f'{c:>8}' for c in COLUMNS)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of this part."""
    parser.add_argument(
        '--ablation', action='store_true', help='switch off one thing after another'
    )


def run(options: argparse.Namespace) -> None:
    """Measure and print."""
    report(REFERENCE_DATA, options.ablation)


def report(data: Path, ablation: bool) -> None:
    """Print the tables."""
    recorded = data / 'data' / 'mot15_detections'
    if not recorded.is_dir():
        print(f'association: no sequences in {recorded}: set FAIRMOT_TEST_DATA to the data')
        return
    sequences = {name: mot15(recorded / name) for name in TUNED_ON + KEPT_APART}
    scenes = {name: scene(data / 'fixtures' / f'{file}.npz') for name, file in SCENES.items()}
    if ablation:
        _report_ablation(sequences, scenes)
        return
    makers: dict[str, MakeConfig] = {
        'published, byte': published('byte'),
        'default': lambda rate: DEFAULT,
    }
    for name, make in makers.items():
        print(_head(f'2DMOT15, motion only: {name}'))
        for sequence, metrics in measure(sequences, make).items():
            print(_row(sequence + ('' if sequence in TUNED_ON else ' *'), metrics))
    print('(* took no part in the search for parameters)')
    print(_head(f'{DROPPED:.0%} of the images dropped'))
    for name, make in makers.items():
        for dropped in (0.0, DROPPED):
            what = f'{name}, {"half" if dropped else "all"} of the images'
            print(_row(what, measure(sequences, make, dropped)['COMBINED']))
    print(_head('recorded scenes, with embeddings'))
    makers = {'published, fairmot': published('fairmot'), 'default': lambda rate: DEFAULT}
    for title, sequence in scenes.items():
        for name, make in makers.items():
            print(_row(f'{title}: {name}', measure({title: sequence}, make)[title]))


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
