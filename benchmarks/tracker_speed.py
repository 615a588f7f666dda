"""Time per image of the tracker with 30, 100 and 300 people."""

from __future__ import annotations

import time

import numpy as np

from fairmot_ros.tracker import Tracker, TrackerConfig
from fairmot_ros.types import Detections

EMBEDDING_SIZE = 128


def crowd(people: int, frames: int, seed: int = 0) -> list[Detections]:
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


def run(config: TrackerConfig, stream: list[Detections]) -> float:
    """Return the mean milliseconds of one update."""
    tracker = Tracker(config)
    started = time.perf_counter()
    for i, detections in enumerate(stream):
        tracker.update(detections, stamp=i / 30)
    return 1e3 * (time.perf_counter() - started) / len(stream)


def report(frames: int) -> None:
    """Print a table."""
    configs = {
        'reference, fairmot': TrackerConfig.reference(),
        'reference, byte_reid': TrackerConfig.reference(variant='byte_reid'),
        'reference, byte': TrackerConfig.reference(variant='byte'),
        'default': TrackerConfig(),
    }
    counts = (30, 100, 300)
    print(f'{"tracker, ms per image":24}' + ''.join(f'{n:>10} people' for n in counts))
    streams = [crowd(n, frames) for n in counts]
    for name, config in configs.items():
        run(config, streams[0][:5])  # the first calls load code
        times = [min(run(config, stream) for _ in range(3)) for stream in streams]
        print(f'{name:24}' + ''.join(f'{t:17.2f}' for t in times))
