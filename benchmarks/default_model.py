# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""How well a model does with the defaults, on sequences that it was never trained on."""

from __future__ import annotations

import argparse
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np
from tqdm import tqdm

from benchmarks.error_images import error_sheets
from benchmarks.sequences import INDOOR, STREET, Array, LabelledSequence
from fairmot_ros.cli.detector_options import add_detector_options
from fairmot_ros.evaluation import evaluate_mot, format_table
from fairmot_ros.pipeline import FairMOT
from fairmot_ros.tracker import Tracker
from fairmot_ros.training.scoring.detection import Curve, mark_detections
from fairmot_ros.types import Detections

QUERY_EVERY, GALLERY = 10, (10, 80)  # frames: queries, and how much later their gallery is
LOWEST_SCORE = 0.001  # of detections that count for the average precision
JPEG = (cv2.IMWRITE_JPEG_QUALITY, 82)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of this part."""
    add_detector_options(parser, 'weights', 'engine', 'input_size')
    parser.add_argument(
        '--sequences',
        nargs='+',
        choices=(*STREET, *INDOOR),
        default=(*STREET, *INDOOR),
        metavar='NAME',
        help=f'of {", ".join((*STREET, *INDOOR))} (default: all)',
    )
    parser.add_argument(
        '--images',
        type=Path,
        default=None,
        metavar='FOLDER',
        help='write images of usual frames and of those with the most errors',
    )


def run(options: argparse.Namespace) -> None:
    """Measure and print."""
    missing = [name for name in options.sequences if not LabelledSequence.available(name)]
    if missing:
        print(f'model: no sequence {", ".join(missing)}; set FAIRMOT_TEST_DATA to where they are')
        return
    fairmot = FairMOT(options.weights, engine=options.engine, input_size=options.input_size)
    results = {name: track(fairmot, LabelledSequence.read(name)) for name in options.sequences}
    print(f'{fairmot.detector.model_name} in {fairmot.detector.runtime}, every frame, defaults')
    report(results)
    if options.images:
        write_images(results, options.images)


@dataclass
class SequenceResult:
    """Results on one sequence.

    Attributes:
        sequence: with its labels.
        detections: by frame, of all scores.
        rows: of the tracks, as MOTChallenge has them.
        scores, marks: of all detections, see `mark_detections`.
        embeddings: read in all labelled boxes, one after the other; None without embeddings.
    """

    sequence: LabelledSequence
    detections: list[Detections] = field(default_factory=list)
    rows: list[tuple[float, ...]] = field(default_factory=list)
    scores: list[Array] = field(default_factory=list)
    marks: list[Array] = field(default_factory=list)
    embeddings: list[Array] = field(default_factory=list)

    @property
    def tracks(self) -> Array:
        """Rows [N, 10] of the tracks."""
        return np.array(self.rows, float).reshape(-1, 10)

    def boxes_by_frame(self) -> dict[int, Array]:
        """Return the boxes_xyxy of the tracks."""
        rows = self.tracks
        corners = np.hstack((rows[:, 2:4], rows[:, 2:4] + rows[:, 4:6]))
        return {int(frame): corners[rows[:, 0] == frame] for frame in np.unique(rows[:, 0])}


def track(fairmot: FairMOT, sequence: LabelledSequence) -> SequenceResult:
    """Detect and track from the first frame to the last, with fresh ids.

    The tracker gets the detections above the detector's threshold, the result all.
    """
    threshold = fairmot.detector.score_threshold
    fairmot.detector.score_threshold = LOWEST_SCORE
    try:
        return _track(fairmot, sequence, threshold)
    finally:
        fairmot.detector.score_threshold = threshold


def _track(fairmot: FairMOT, sequence: LabelledSequence, threshold: float) -> SequenceResult:
    result = SequenceResult(sequence)
    tracker = Tracker(fairmot.tracker.config)
    images = tqdm(sequence.images(), sequence.info.name, sequence.info.length, leave=False)
    for frame, image in enumerate(images, 1):
        found = fairmot.detector(image)
        result.detections.append(found)
        judged, ignored = sequence.labels(frame)
        result.scores.append(found.scores.astype(float))
        result.marks.append(
            mark_detections(sequence.clipped(found.boxes_xyxy.astype(float)), judged, ignored)
        )
        stamp = frame / sequence.info.frame_rate
        for t in tracker.update(found[found.scores > threshold], stamp, image):
            left, top, right, bottom = sequence.clipped(t.box_xyxy)
            result.rows.append(
                (frame, t.track_id, left, top, right - left, bottom - top, t.score, -1, -1, -1)
            )
        if fairmot.detector.embedding_size:
            rows = sequence.truth[sequence.truth[:, 0] == frame]
            labels = np.hstack((rows[:, 2:4], rows[:, 2:4] + rows[:, 4:6]))
            result.embeddings.append(fairmot.detector.embed(image, labels))
    return result


def report(results: dict[str, SequenceResult]) -> None:
    """Print tracking metrics, average precision and rank-1, by group of sequences."""
    for title, names in (('street', STREET), ('indoor', INDOOR)):
        group = {name: results[name] for name in names if name in results}
        if not group:
            continue
        pairs = {name: (r.sequence.truth, r.tracks) for name, r in group.items()}
        print(f'{title}:\n{format_table(evaluate_mot(pairs, benchmark="MOT15"))}')
        parts = {name: [result] for name, result in group.items()}
        for name, members in {**parts, 'COMBINED': [*group.values()]}.items():
            print(f'  {name}: AP at IoU 0.5 {average_precision(members):.3f}')
    for name in STREET:
        if name in results and results[name].embeddings:
            share, queries = rank_1(results[name])
            print(
                f'{name}: of {queries} queries, the nearest embedding {GALLERY[0]} to '
                f'{GALLERY[1]} frames later is of the same person in {share:.3f}'
            )


def average_precision(results: list[SequenceResult]) -> float:
    """Return the average precision at IoU 0.5 over the pooled frames of sequences."""
    scores = np.concatenate([s for r in results for s in r.scores])
    marks = np.concatenate([m for r in results for m in r.marks])
    labels = sum(int((r.sequence.truth[:, 6] > 0).sum()) for r in results)
    return Curve(scores, marks, labels).average_precision()


def rank_1(result: SequenceResult) -> tuple[float, int]:
    """Return the share of queries whose nearest gallery embedding is of the same person.

    Queries come from every tenth frame; their gallery are all boxes 10 to 80 frames later.
    Queries of people who are not in the gallery do not count.
    """
    frames, ids = result.sequence.truth[:, 0], result.sequence.truth[:, 1]
    embeddings = np.concatenate(result.embeddings)
    hits = []
    for frame in np.arange(1, frames.max() + 1, QUERY_EVERY):
        gallery = (frames >= frame + GALLERY[0]) & (frames <= frame + GALLERY[1])
        for query in np.flatnonzero(frames == frame):
            if (ids[gallery] == ids[query]).any():
                nearest = (embeddings[gallery] @ embeddings[query]).argmax()
                hits.append(ids[gallery][nearest] == ids[query])
    return float(np.mean(hits)), len(hits)


def write_images(results: dict[str, SequenceResult], folder: Path) -> None:
    """Write a sheet of usual frames and one of the worst of each sequence."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, result in results.items():
        sheets = error_sheets({name: result.sequence}, {name: result.boxes_by_frame()})
        for title, sheet in sheets.items():
            path = folder / f'{name}-{title}.jpg'
            cv2.imwrite(str(path), sheet, JPEG)
            print(f'wrote {path}')
