# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Memory and time per frame of the tracker over a long stream."""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator

import numpy as np
from tqdm import tqdm

from fairmot_ros.tracker import Tracker
from fairmot_ros.types import Detections

RATE = 30
EMBEDDING_SIZE = 128
STAY = 20.0  # seconds that a person stays, on average


def stream(people: int, seed: int = 0) -> Iterator[Detections]:
    """Yield detections endlessly; people walk, leave and are replaced by others."""
    rng = np.random.default_rng(seed)
    size = np.stack((rng.uniform(20, 60, people), rng.uniform(60, 160, people)), axis=1)
    place = rng.uniform((0, 0), (1920, 1080), (people, 2))
    velocity = rng.normal(0, 3, (people, 2))
    embeddings = rng.normal(size=(people, EMBEDDING_SIZE)).astype(np.float32)
    while True:
        left = (rng.random(people) < 1 / (STAY * RATE)).nonzero()[0]
        place[left] = rng.uniform((0, 0), (1920, 1080), (len(left), 2))
        embeddings[left] = rng.normal(size=(len(left), EMBEDDING_SIZE))
        place += velocity
        velocity[(place < 0) | (place > (1920, 1080))] *= -1
        seen = rng.random(people) < 0.93
        corner = place[seen] + rng.normal(0, 1.5, (int(seen.sum()), 2))
        yield Detections(
            np.concatenate((corner, corner + size[seen]), axis=1),
            rng.uniform(0.3, 1.0, len(corner)),
            embeddings[seen] + rng.normal(0, 0.4, (len(corner), EMBEDDING_SIZE)),
        )


def resident() -> float:
    """Return the resident memory of this process in MB (Linux)."""
    with open('/proc/self/statm') as file:
        return int(file.read().split()[1]) * 4096 / 1e6


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of this part."""
    parser.add_argument('--minutes', type=int, default=10, help='of the stream')


def run(options: argparse.Namespace) -> None:
    """Measure and print."""
    report(options.minutes)


def report(minutes: int, people: int = 50) -> None:
    """Print memory and time per image, minute by minute."""
    tracker, detections = Tracker(), stream(people)
    print(f'soak: {minutes} minutes of {people} people at {RATE} images per second')
    print(f'  {"minute":>6}{"MB":>9}{"ms":>8}{"tracks":>8}{"last id":>9}')
    memory, times, number = [], [], 0
    with tqdm(total=minutes * 60 * RATE, unit='image', leave=False) as progress:
        for minute in range(1, minutes + 1):
            spent = []
            for _ in range(60 * RATE):
                image = next(detections)
                started = time.thread_time()
                tracks = tracker.update(image, number / RATE)
                spent.append(time.thread_time() - started)
                number += 1
                progress.update()
            memory.append(resident())
            times.append(1e3 * float(np.median(spent)))
            progress.write(
                f'  {minute:6}{memory[-1]:9.1f}{times[-1]:8.3f}{len(tracks):8}{tracker.last_id:9}'
            )
    print(
        f'  memory after the first minute: {max(memory) - memory[0]:+.1f} MB at most, '
        f'{memory[-1] - memory[0]:+.1f} MB at the end'
    )
    tenth = max(minutes // 10, 1)
    print(
        '  time per image, last tenth / first tenth: '
        f'{np.mean(times[-tenth:]) / np.mean(times[:tenth]):.2f}'
    )
