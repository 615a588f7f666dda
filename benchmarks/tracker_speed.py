# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Time per image of the tracker with few and many people, ids and boxes of the results read.

Beside it: roboflow/trackers' ByteTrack where that is installed, and the code of FairMOT's authors
where `--authors` names a checkout of it.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterable
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from benchmarks import REFERENCE_DATA, authors_tracker
from fairmot_ros.tracker import REFERENCE_VARIANTS, Tracker, TrackerConfig
from fairmot_ros.tracker.matching.assignment import BACKEND
from fairmot_ros.types import Detections, Tracks

EMBEDDING_SIZE = 128
CROWDS = (8, 30, 50, 100, 300)
ON_ONE_SPOT = (200, 500, 1000, 2000, 5000)

Stream = list[Detections]
Update = Callable[[Detections, float], Any]
Read = Callable[[Any], object]


class Contender(NamedTuple):
    """A tracker, how its results are read, and whether it gets detections without embeddings."""

    name: str
    make: Callable[[], Update]
    read: Read
    boxes_alone: bool = False


def crowd(people: int, frames: int, seed: int = 0) -> Stream:
    """Return the detections of people who walk about in a 1920 x 1080 image."""
    rng = np.random.default_rng(seed)
    embeddings = rng.normal(size=(people, EMBEDDING_SIZE))
    size = np.stack((rng.uniform(20, 60, people), rng.uniform(60, 160, people)), axis=1)
    place = rng.uniform((0, 0), (1920, 1080), (people, 2))
    velocity = rng.normal(0, 3, (people, 2))
    stream = []
    for _ in range(frames):
        velocity += rng.normal(0, 0.3, velocity.shape)
        place = (place + velocity) % (1920, 1080)
        seen = rng.random(people) < 0.93
        corner = place[seen] + rng.normal(0, 1.5, (seen.sum(), 2))
        boxes = np.concatenate((corner, corner + size[seen]), axis=1)
        scores = rng.uniform(0.3, 1.0, len(boxes))
        order = np.argsort(-scores, kind='stable')
        features = embeddings[seen] + rng.normal(0, 0.4, (len(boxes), EMBEDDING_SIZE))
        stream.append(Detections(boxes[order], scores[order], features[order]))
    return stream


def spot(boxes: int, frames: int, seed: int = 0) -> Stream:
    """Return detections that all lie on one another, up to a few pixels."""
    rng = np.random.default_rng(seed)
    embeddings = rng.normal(size=(boxes, EMBEDDING_SIZE))
    stream = []
    for _ in range(frames):
        corner = rng.normal((400, 300), 3, (boxes, 2))
        features = embeddings + rng.normal(0, 0.4, embeddings.shape)
        xyxy = np.hstack((corner, corner + np.array((40, 120))))
        stream.append(Detections(xyxy, rng.uniform(0.5, 1.0, boxes), features))
    return stream


def recorded(name: str) -> Stream:
    """Return the detections of a recorded scene."""
    arrays = dict(np.load(REFERENCE_DATA / 'fixtures' / f'{name}.npz'))
    rows, embeddings, offsets = arrays['dets'], arrays['feats'], arrays['offsets']
    return [Detections(rows[a:b, :4], rows[a:b, 4], embeddings[a:b]) for a, b in pairwise(offsets)]


def as_arrays(tracks: Tracks) -> object:
    """Read ids and boxes at once."""
    return tracks.ids, tracks.boxes_xywh


def one_by_one(tracks: Tracks) -> object:
    """Read id and box of each track."""
    return [(track.track_id, track.box_xywh) for track in tracks]


def time_of(contender: Contender, stream: Stream) -> float:
    """Return the mean milliseconds of one update of a new tracker."""
    update, read = contender.make(), contender.read
    started = time.process_time()
    for i, detections in enumerate(stream):
        read(update(detections, i / 30))
    return 1e3 * (time.process_time() - started) / len(stream)


def times_of(contenders: list[Contender], streams: list[Stream], runs: int) -> np.ndarray:
    """Return milliseconds [runs, contenders, streams], measured in turns."""
    times = np.zeros((runs, len(contenders), len(streams)))
    boxes = [[Detections(d.boxes_xyxy, d.scores) for d in stream] for stream in streams]
    for contender in contenders:  # the first calls load code
        time_of(contender, (boxes if contender.boxes_alone else streams)[0][:5])
    for turn in range(runs):
        for column, stream in enumerate(streams):
            for row, contender in enumerate(contenders):
                given = boxes[column] if contender.boxes_alone else stream
                times[turn, row, column] = time_of(contender, given)
    return times


def ours(config: TrackerConfig) -> Callable[[], Update]:
    """Return a maker of trackers."""
    return lambda: Tracker(config).update


def peer() -> Contender | None:
    """Return roboflow/trackers' ByteTrack, None where it is not installed."""
    try:
        import supervision
        from trackers import ByteTrackTracker
    except ImportError:
        return None

    def make() -> Update:
        tracker = ByteTrackTracker()
        return lambda found, _: tracker.update(
            supervision.Detections(
                xyxy=found.boxes_xyxy, confidence=found.scores, class_id=found.class_ids
            )
        )

    return Contender(
        'ByteTrack of trackers', make, lambda found: (found.tracker_id, found.xyxy), True
    )


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of this part."""
    parser.add_argument('--frames', type=int, default=150, help='length of the scenes')
    parser.add_argument('--runs', type=int, default=5, help='how often all are timed, in turns')
    parser.add_argument(
        '--crowded',
        action='store_true',
        help='only time up to 5000 detections on one spot, without the limit on detections',
    )
    parser.add_argument(
        '--authors',
        type=Path,
        metavar='FOLDER',
        help='a checkout of https://github.com/ifzhang/FairMOT, to be timed as well',
    )


def run(options: argparse.Namespace) -> None:
    """Measure and print."""
    print(f'assignment by {BACKEND}; processor time, ids and boxes read')
    if options.crowded:
        report_crowded(min(options.frames, 10), options.runs)
        return
    report(options.frames, options.runs)
    if options.authors is not None:
        report_authors(options.authors, options.frames, options.runs)


def report(frames: int, runs: int) -> None:
    """Print times by the number of people."""
    contenders = [
        Contender(f'reference, {v}', ours(TrackerConfig.reference(variant=v)), as_arrays)
        for v in REFERENCE_VARIANTS
    ]
    default = ours(TrackerConfig())
    contenders += [
        Contender('default', default, as_arrays),
        Contender('default, track by track', default, one_by_one),
        Contender('default, boxes alone', default, as_arrays, boxes_alone=True),
    ]
    other = peer()
    if other is not None:
        contenders.append(other)
    times = times_of(contenders, [crowd(people, frames) for people in CROWDS], runs)
    print(_head('tracker, ms per image', CROWDS))
    for contender, best in zip(contenders, times.min(axis=0)):
        print(_row(contender.name, best))
    _print_ratio('default / reference, fairmot', times[:, 3] / times[:, 0])
    if other is None:
        print('(roboflow/trackers is not installed: pip install trackers==2.6.1 to compare)')
    else:
        _print_ratio('peer / reference, byte', times[:, -1] / times[:, 2])
        _print_ratio('peer / default, boxes alone', times[:, -1] / times[:, 5])


def report_crowded(frames: int, runs: int) -> None:
    """Print how the time grows with the number of detections on one spot."""
    make = ours(TrackerConfig(max_detections=max(ON_ONE_SPOT)))
    contenders = [
        Contender('with embeddings', make, as_arrays),
        Contender('boxes alone', make, as_arrays, boxes_alone=True),
    ]
    streams = [spot(boxes, frames) for boxes in ON_ONE_SPOT]
    print(f'{"detections on one spot":28}' + ''.join(f'{n:>12}' for n in ON_ONE_SPOT))
    times = np.median(times_of(contenders, streams, runs), axis=0)
    for contender, row in zip(contenders, times):
        print(_row(f'{contender.name}, ms per image', row))
        print(_row('  relative to the first', row / row[0]))


def report_authors(checkout: Path, frames: int, runs: int) -> None:
    """Print how many times as fast as the authors' code the reference is."""
    streams = {30: crowd(30, frames), 100: crowd(100, frames), 300: crowd(300, frames)}
    if (REFERENCE_DATA / 'fixtures').is_dir():
        streams[30], streams[100] = recorded('scene_a_200x30'), recorded('scene_b_100x100')
    reference = ours(TrackerConfig.reference())
    contenders = [
        Contender("the authors' code", authors_tracker.load(checkout), authors_tracker.read),
        Contender('reference, arrays', reference, as_arrays),
        Contender('reference, track by track', reference, one_by_one),
    ]
    times = times_of(contenders, list(streams.values()), runs)
    print(_head('fairmot, ms per image', streams))
    for contender, best in zip(contenders, times.min(axis=0)):
        print(_row(contender.name, best))
    _print_ratio('authors / arrays', times[:, 0] / times[:, 1])
    _print_ratio('authors / track by track', times[:, 0] / times[:, 2])


def _head(title: str, crowds: Iterable[int]) -> str:
    return f'{title:30}' + ''.join(f'{people:>5} people' for people in crowds)


def _row(name: str, values: np.ndarray) -> str:
    return f'{name:30}' + ''.join(f'{value:12.2f}' for value in values)


def _print_ratio(name: str, ratios: np.ndarray) -> None:
    """Print the median over the turns."""
    print(_row(name, np.median(ratios, axis=0)))
