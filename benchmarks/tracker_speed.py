"""Time per image of the tracker with few and many people, and of a peer where there is one."""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from fairmot_ros.tracker import REFERENCE_VARIANTS, Tracker, TrackerConfig
from fairmot_ros.tracker.assignment import BACKEND
from fairmot_ros.types import Detections

EMBEDDING_SIZE = 128
CROWDS = (8, 30, 50, 100, 300)
RUNS = 5

Stream = list[Detections]
Update = Callable[[Detections, float], object]


def crowd(people: int, frames: int, seed: int = 0) -> Stream:
    """Return the detections of people who walk about in a 1920 x 1080 image."""
    rng = np.random.default_rng(seed)
    looks = rng.normal(size=(people, EMBEDDING_SIZE))
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
        features = looks[seen] + rng.normal(0, 0.4, (len(boxes), EMBEDDING_SIZE))
        stream.append(Detections(boxes[order], scores[order], features[order]))
    return stream


def without_looks(stream: Stream) -> Stream:
    """Return the same detections without embeddings."""
    return [Detections(d.boxes_xyxy, d.scores) for d in stream]


def time_of(make: Callable[[], Update], stream: Stream) -> float:
    """Return the mean milliseconds of one update of a new tracker."""
    update = make()
    started = time.perf_counter()
    for i, detections in enumerate(stream):
        update(detections, i / 30)
    return 1e3 * (time.perf_counter() - started) / len(stream)


def ours(config: TrackerConfig) -> Callable[[], Update]:
    """Return a maker of trackers."""
    return lambda: Tracker(config).update


def peer() -> Callable[[], Update] | None:
    """Return a maker of roboflow/trackers' ByteTrack, None where it is not installed."""
    try:
        import supervision
        from trackers import ByteTrackTracker
    except ImportError:
        return None

    def make() -> Update:
        tracker = ByteTrackTracker()

        def update(detections: Detections, _: float) -> Any:
            return tracker.update(
                supervision.Detections(
                    xyxy=detections.boxes_xyxy,
                    confidence=detections.scores,
                    class_id=detections.class_ids,
                )
            )

        return update

    return make


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of this part."""
    parser.add_argument('--frames', type=int, default=150, help='length of the scenes')


def run(options: argparse.Namespace) -> None:
    """Measure and print."""
    print(f'assignment by {BACKEND}')
    report(options.frames)


def report(frames: int) -> None:
    """Print a table; all are timed in turns, so that the machine's moods reach all alike."""
    streams = [crowd(people, frames) for people in CROWDS]
    boxes = [without_looks(stream) for stream in streams]
    rows = [
        (f'reference, {v}', ours(TrackerConfig.reference(variant=v)), streams)
        for v in REFERENCE_VARIANTS
    ]
    rows += [
        ('default', ours(TrackerConfig()), streams),
        ('default, boxes alone', ours(TrackerConfig()), boxes),
    ]
    other = peer()
    if other is not None:
        rows.append(('ByteTrack of trackers', other, boxes))
    times = np.full((RUNS, len(rows), len(CROWDS)), np.inf)
    for _, make, inputs in rows:
        time_of(make, inputs[0][:5])  # the first calls load code
    for turn in range(RUNS):
        for column in range(len(CROWDS)):
            for row, (_, make, inputs) in enumerate(rows):
                times[turn, row, column] = time_of(make, inputs[column])
    print(f'{"tracker, ms per image":26}' + ''.join(f'{n:>5} people' for n in CROWDS))
    for (name, _, _), best in zip(rows, times.min(axis=0)):
        print(f'{name:26}' + ''.join(f'{t:12.2f}' for t in best))
    ratios = [('default / reference, fairmot', 3, 0)]
    if other is None:
        print('(roboflow/trackers is not installed: pip install trackers==2.6.1 to compare)')
    else:
        ratios += [('reference, byte / peer', 2, 5), ('default, boxes alone / peer', 4, 5)]
    for name, a, b in ratios:
        ratio = np.median(times[:, a] / times[:, b], axis=0)
        print(f'{name:26}' + ''.join(f'{r:12.2f}' for r in ratio))
