"""How well the default model does as it ships, on sequences that it was never trained on."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment
from tqdm import tqdm

from benchmarks import REFERENCE_DATA, input_size
from fairmot_ros.detector import Detector
from fairmot_ros.detector.letterbox import letterbox
from fairmot_ros.evaluation import evaluate_mot, format_table, read_mot
from fairmot_ros.evaluation.iou import box_iou
from fairmot_ros.evaluation.seqinfo import read_seqinfo
from fairmot_ros.pipeline import FairMOT
from fairmot_ros.tracker import Tracker
from fairmot_ros.training.augmentation import letterbox_boxes
from fairmot_ros.training.scoring.embedding import embed

SEQUENCES = {'PETS09-S2L1': 'vtest.avi', 'TUD-Campus': 'TUD-Campus.mp4'}
QUERY_EVERY, GALLERY = 10, (10, 80)  # frames: queries, and how much later their gallery is
COLOURS = ((80, 200, 80), (60, 60, 230), (40, 220, 240))  # found, false, missed; BGR
SHOWN, APART, WIDTH = 3, 40, 480  # frames in a sheet, frames between two, pixels of each
JPEG = (cv2.IMWRITE_JPEG_QUALITY, 82)

Array = NDArray[np.float64]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of this part."""
    parser.add_argument('--weights', default='default', help='checkpoint of the detector')
    parser.add_argument(
        '--input-size',
        type=int,
        nargs=2,
        metavar=('W', 'H'),
        default=None,
        help="of the network (default: the model's own)",
    )
    parser.add_argument(
        '--pictures',
        type=Path,
        default=None,
        metavar='FOLDER',
        help='write pictures of usual frames and of those with the most errors',
    )


def run(options: argparse.Namespace) -> None:
    """Measure and print."""
    report(options.weights, input_size(options.input_size), options.pictures)


@dataclass
class Run:
    """What became of one sequence; boxes are rows as in MOTChallenge files."""

    video: Path
    truth: Array
    results: Array
    embeddings: Array


def report(weights: str, input_size: tuple[int, int] | None, pictures: Path | None) -> None:
    """Print the metrics of each sequence and how often the nearest embedding is the person's."""
    fairmot = FairMOT(weights, input_size=input_size)
    runs = {}
    for name, video in SEQUENCES.items():
        folder = REFERENCE_DATA / 'data' / 'sequences' / name
        if not folder.is_dir():
            print(f'model: no sequence in {folder}; set FAIRMOT_TEST_DATA to where they are')
            return
        runs[name] = track(fairmot, folder, video)
    print(f'{fairmot.detector.model_name}, every frame, defaults')
    metrics = evaluate_mot(
        {name: (run.truth, run.results) for name, run in runs.items()}, benchmark='MOT15'
    )
    print(format_table(metrics))
    for name, run in runs.items():
        share, queries = rank_1(run.truth[:, 0], run.truth[:, 1], run.embeddings)
        print(
            f'{name}: the nearest embedding {GALLERY[0]} to {GALLERY[1]} frames later is the '
            f"person's in {share:.3f} of {queries} queries"
        )
        if pictures:
            pictures.mkdir(parents=True, exist_ok=True)
            for title, sheet in sheets(run).items():
                cv2.imwrite(str(pictures / f'{name}-{title}.jpg'), sheet, JPEG)
                print(f'wrote {pictures / f"{name}-{title}.jpg"}')


def track(fairmot: FairMOT, folder: Path, video: str) -> Run:
    """Track a sequence from its first frame to its last, with fresh ids."""
    truth = read_mot(folder / 'gt.txt')
    truth = truth[truth[:, 0].argsort(kind='stable')]
    rate = read_seqinfo(folder).frame_rate
    tracker = Tracker(fairmot.tracker.config)
    rows, looks = [], []
    frames = range(1, int(truth[:, 0].max()) + 1)
    for frame, image in zip(tqdm(frames, desc=folder.name, leave=False), _images(folder / video)):
        tracks = tracker.update(fairmot.detector(image), frame / rate, image)
        rows += [(frame, t.track_id, *t.box_xywh, t.score, -1, -1, -1) for t in tracks]
        looks.append(embeddings_at(fairmot.detector, image, truth[truth[:, 0] == frame]))
    return Run(folder / video, truth, np.array(rows), np.concatenate(looks))


def embeddings_at(detector: Detector, image: NDArray[np.uint8], truth: Array) -> Array:
    """Return the embeddings [N, D] at the centres of true boxes, read in the full frame."""
    maps = detector._engine([letterbox(image, detector.input_size)])
    boxes = np.concatenate((truth[:, 2:4], truth[:, 2:4] + truth[:, 4:6]), axis=1)
    boxes = letterbox_boxes(boxes, (image.shape[1], image.shape[0]), detector.input_size)
    return embed(maps, 0, boxes / (detector.input_size[0] // maps.hm.shape[-1]))


def rank_1(frames: Array, ids: Array, embeddings: Array) -> tuple[float, int]:
    """Return the share of queries whose nearest gallery embedding is of the same person.

    Queries come from every tenth frame; their gallery are all boxes 10 to 80 frames later.
    People who are not in the gallery are not asked for.
    """
    hits = []
    for frame in np.arange(1, frames.max() + 1, QUERY_EVERY):
        gallery = (frames >= frame + GALLERY[0]) & (frames <= frame + GALLERY[1])
        for query in np.flatnonzero(frames == frame):
            if (ids[gallery] == ids[query]).any():
                nearest = (embeddings[gallery] @ embeddings[query]).argmax()
                hits.append(ids[gallery][nearest] == ids[query])
    return float(np.mean(hits)), len(hits)


def sheets(run: Run) -> dict[str, NDArray[np.uint8]]:
    """Return pictures of frames as they usually are, and of those with the most errors.

    Found people are green, false alarms red, missed people yellow.
    """
    frames = np.unique(run.truth[:, 0])
    outcomes = [outcome(run, frame) for frame in frames]
    errors = np.array([len(missed) + len(false) for _, false, missed in outcomes])
    people = np.array([len(found) + len(missed) for found, _, missed in outcomes])
    usual = np.abs(errors - np.median(errors)) - 0.01 * people
    drawn = {}
    for title, cost in (('usual', usual), ('worst', -errors.astype(float))):
        chosen: list[int] = []
        for i in cost.argsort(kind='stable'):
            if len(chosen) < SHOWN and all(abs(i - j) >= APART for j in chosen):
                chosen.append(int(i))
        wanted = {int(frames[i]): outcomes[i] for i in sorted(chosen)}
        images = [
            draw(image, *wanted[frame])
            for frame, image in enumerate(_images(run.video), 1)
            if frame in wanted
        ]
        drawn[title] = np.hstack(images)
    return drawn


def outcome(run: Run, frame: float) -> tuple[Array, Array, Array]:
    """Return the boxes [N, 4] of found people, false alarms and missed people in a frame."""
    truth = run.truth[run.truth[:, 0] == frame][:, 2:6]
    results = run.results[run.results[:, 0] == frame][:, 2:6]
    overlap = box_iou(truth, results)
    rows, columns = linear_sum_assignment(overlap, maximize=True)
    good = overlap[rows, columns] >= 0.5
    rows, columns = rows[good], columns[good]
    return results[columns], np.delete(results, columns, 0), np.delete(truth, rows, 0)


def draw(image: NDArray[np.uint8], *boxes_by_outcome: Array) -> NDArray[np.uint8]:
    """Return a smaller picture with the boxes of `outcome`."""
    for boxes, colour in zip(boxes_by_outcome, COLOURS):
        for x, y, w, h in boxes.round().astype(int):
            cv2.rectangle(image, (x, y), (x + w, y + h), colour, 3)
    scale = WIDTH / image.shape[1]
    return cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)


def _images(video: Path) -> Iterator[NDArray[np.uint8]]:
    capture = cv2.VideoCapture(str(video))
    while (read := capture.read())[0]:
        yield read[1]
