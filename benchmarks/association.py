"""Tracking metrics of the association on recorded detections, beside the reference.

The sequences are 2DMOT15's with the detections of a Faster R-CNN and no images, so motion alone
counts; the same with their scores remapped; the recorded scenes, which have embeddings, and one a
moving camera; and the sequences with images, with the detections of several other detectors.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from benchmarks import REFERENCE_DATA
from benchmarks.teacher_detections import Detect, cached_detections, detectors
from fairmot_ros.boxes import trackeval_iou_matrix, xywh_to_xyxy
from fairmot_ros.evaluation import evaluate_mot, read_mot, read_seqinfo
from fairmot_ros.evaluation.mot_format import rows_of_tracks
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
#: Sequences with images, and whether track boxes are clipped to the image, as the truth is.
WITH_IMAGES = {
    'PETS09-S2L1': False,
    'TUD-Campus': False,
    'classroom': True,
    'face-demographics-walking': True,
    'worker-zone-detection': True,
    'one-by-one': True,
}


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

DEFAULT = TrackerConfig()
ABLATION = {
    'default': DEFAULT,
    'score thresholds not adapted': replace(DEFAULT, min_score_scale=1.0),
    'no recovery by low scores': replace(DEFAULT, recover_low_scores=False),
    'no appearance': replace(DEFAULT, use_appearance=False),
    'appearance not protected': replace(DEFAULT, skip_occluded_appearance=False),
    'found again by look for 30 s': replace(DEFAULT, reid_timeout=30.0),
    'no camera motion': replace(DEFAULT, use_camera_motion=False),
    'confirmed without evidence': replace(DEFAULT, confirmation_evidence=0.0),
    'lost tracks dropped at once': replace(DEFAULT, lost_timeout=0.0, reid_timeout=0.0),
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
        size: tuple[int, int] | None = None,
    ) -> None:
        """Hold everything.

        Args:
            frames: the detections.
            rate: frames per second.
            truth: MOTChallenge rows.
            ignored: such rows that nobody has to find; results that fit to them do not count.
            motions: [F, 2, 3], of the camera from the previous frame.
            size: (width, height) of the image, to which track boxes are clipped; None for no
                clipping.
        """
        self.frames = frames
        self.rate = rate
        self.truth = truth
        self.ignored = ignored
        self.motions = motions
        self.size = size

    def remapped(self, remap: Callable[[Array], Array]) -> Sequence:
        """Return the same sequence with other scores."""
        frames = [
            Detections(d.boxes_xyxy, remap(d.scores.astype(np.float64)), d.embeddings, d.class_ids)
            for d in self.frames
        ]
        return Sequence(frames, self.rate, self.truth, self.ignored, self.motions, self.size)

    def results(self, config: TrackerConfig, dropped: NDArray[np.bool_] | None = None) -> Array:
        """Return MOTChallenge rows of all frames, or of those that are not dropped."""
        tracker, rows = Tracker(config), [np.zeros((0, 10))]
        motion = np.eye(3)
        for i, detections in enumerate(self.frames):
            if self.motions is not None:
                motion = np.vstack((self.motions[i], (0, 0, 1))) @ motion
            if dropped is not None and dropped[i]:
                continue
            given = None if self.motions is None or config.association != 'default' else motion[:2]
            tracks = tracker.update(detections, (i + 1) / self.rate, camera_motion=given)
            motion = np.eye(3)
            rows.append(rows_of_tracks(i + 1, tracks))
        return self._counted(self._clipped(np.concatenate(rows)))

    def _clipped(self, rows: Array) -> Array:
        if self.size is None:
            return rows
        corners = np.clip(rows[:, 2:4], 0, self.size)
        ends = np.clip(rows[:, 2:4] + rows[:, 4:6], 0, self.size)
        rows[:, 2:4], rows[:, 4:6] = corners, ends - corners
        return rows[(rows[:, 4:6] > 0).all(axis=1)]

    def _counted(self, rows: Array) -> Array:
        if self.ignored is None:
            return rows
        keep = np.ones(len(rows), np.bool_)
        for row in self.ignored:
            same = (rows[:, 0] == row[0]).nonzero()[0]
            others = self.truth[self.truth[:, 0] == row[0]]
            fit = trackeval_iou_matrix(rows[same, 2:6], row[None, 2:6])[:, 0]
            better = trackeval_iou_matrix(rows[same, 2:6], others[:, 2:6]).max(axis=1, initial=0.0)
            keep[same[(fit >= 0.5) & (fit > better)]] = False
        return rows[keep]


def mot15(folder: Path) -> Sequence:
    """Read one sequence: det/det.txt, gt/gt.txt and seqinfo.ini."""
    info = read_seqinfo(folder / 'seqinfo.ini')
    found = np.loadtxt(folder / 'det' / 'det.txt', delimiter=',', ndmin=2)
    frames = []
    for frame in range(1, info.length + 1):
        rows = found[found[:, 0] == frame]
        frames.append(Detections(xywh_to_xyxy(rows[:, 2:6]), rows[:, 6]))
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


def reference(variant: str, score_threshold: float = 0.4) -> MakeConfig:
    """Return a maker of the settings of the reference."""
    return lambda rate: TrackerConfig.reference(
        frame_rate=rate, score_threshold=score_threshold, variant=variant
    )


def default(rate: float) -> TrackerConfig:
    """Return the default settings, which are the same for all frame rates."""
    return DEFAULT


def _row(name: str, metrics: Mapping[str, float]) -> str:
    numbers = (
        f'{metrics[c]:8.0f}' if c in COUNTS else f'{100 * metrics[c]:8.2f}' for c in COLUMNS
    )
    return f'{name:52}' + ''.join(numbers)


def _head(title: str) -> str:
    return f'{title:52}' + ''.join(f'{c:>8}' for c in COLUMNS)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of this part."""
    parser.add_argument(
        '--ablation', action='store_true', help='switch off one thing after another'
    )
    parser.add_argument(
        '--cache',
        type=Path,
        default=Path(tempfile.gettempdir()) / 'fairmot_detections',
        metavar='FOLDER',
        help='where the detections of other detectors are kept (default: %(default)s)',
    )


def run(options: argparse.Namespace) -> None:
    """Measure and print."""
    report(REFERENCE_DATA, options.ablation)
    if not options.ablation:
        report_detectors(REFERENCE_DATA / 'data', options.cache)


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
        print(_head(f'2DMOT15, motion only: {name}'))
        for sequence, metrics in measure(sequences, make).items():
            print(_row(sequence + ('' if sequence in TUNED_ON else ' *'), metrics))
    print('(* took no part in the search for parameters)')
    print(_head(f'{DROPPED:.0%} of the images dropped'))
    for name, make in makers.items():
        for dropped in (0.0, DROPPED):
            what = f'{name}, {"half" if dropped else "all"} of the images'
            print(_row(what, measure(sequences, make, dropped)['COMBINED']))
    for title, names in {'the four tuned on': TUNED_ON, 'all six': TUNED_ON + KEPT_APART}.items():
        print(_head(f'2DMOT15, {title}, scores remapped'))
        for name, remap in REMAPPINGS.items():
            changed = {sequence: sequences[sequence].remapped(remap) for sequence in names}
            for association, make in makers.items():
                what = f'{name}: {association.removeprefix("reference, ")}'
                print(_row(what, measure(changed, make)['COMBINED']))
    print(_head('recorded scenes, with embeddings'))
    makers = {'reference, fairmot': reference('fairmot'), 'default': default}
    for title, sequence in scenes.items():
        for name, make in makers.items():
            print(_row(f'{title}: {name}', measure({title: sequence}, make)[title]))


def report_detectors(data: Path, cache: Path) -> None:
    """Print a table for each detector: the sequences with images, with its detections."""
    folders = {name: data / 'sequences' / name for name in WITH_IMAGES}
    missing = [str(folder) for folder in folders.values() if not folder.is_dir()]
    if missing:
        print(f'association: no sequences in {", ".join(missing)}')
        return
    makers: dict[str, MakeConfig] = {
        'byte, score threshold 0.4': reference('byte'),
        'byte, score threshold 0.6': reference('byte', 0.6),
        'default': default,
    }
    for name, make_detector in detectors(data / 'teachers').items():
        try:
            sequences = _with_images(name, make_detector, folders, cache)
        except ImportError:
            print(f'association: {name} needs OpenVINO: pip install openvino')
            continue
        for association, make in makers.items():
            print(_head(f'{name}: {association}'))
            for sequence, metrics in measure(sequences, make).items():
                print(_row(sequence, metrics))


def _with_images(
    name: str, make_detector: Callable[[], Detect], folders: Mapping[str, Path], cache: Path
) -> dict[str, Sequence]:
    """Return the sequences with the detections of one detector."""
    sequences = {}
    for sequence, frames in cached_detections(name, make_detector, folders, cache).items():
        info = read_seqinfo(folders[sequence] / 'seqinfo.ini')
        size = (info.width, info.height) if WITH_IMAGES[sequence] else None
        truth = read_mot(folders[sequence] / 'gt.txt')
        sequences[sequence] = Sequence(frames[: info.length], info.frame_rate, truth, size=size)
    return sequences


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
