# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Small sequences to write to bags, and changes to bags."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import numpy as np

from fairmot_ros.evaluation.bags.sequence import BagLayout, write_sequence

FRAMES = 20
RATE = 7.0
SIZE = (48, 64)

# Two people, without boxes in frame 3. Columns: frame, id, left, top, width, height, mark.
GROUND_TRUTH = np.array(
    [
        [frame, person, 4.25 * frame / 2 + 20 * person, 10.5, 6.25, 18, 1]
        for frame in range(1, FRAMES + 1)
        for person in (1, 2)
        if frame != 3
    ]
)


def noise_images(count: int = FRAMES) -> list[np.ndarray]:
    """Return images of noise, which all differ and do not compress."""
    rng = np.random.default_rng(3)
    return list(rng.integers(0, 256, (count, *SIZE, 3), dtype=np.uint8))


def make_bag(path: Path, ground_truth: np.ndarray | None = GROUND_TRUTH, **layout: object) -> Path:
    """Write the sequence to a bag and return its path."""
    write_sequence(path, noise_images(), RATE, ground_truth, BagLayout(**layout))
    return path


def storage_file(bag: Path) -> Path:
    """Return the file with the messages of a bag."""
    return next(p for p in bag.iterdir() if p.suffix in ('.mcap', '.db3'))


def replace_message(bag: Path, number: int, data: bytes, topic: str = '/image/compressed') -> None:
    """Replace message `number`, from 1 on, of a topic in an sqlite3 bag."""
    with sqlite3.connect(storage_file(bag)) as connection:
        connection.execute(
            'UPDATE messages SET data = ? WHERE id = (SELECT m.id FROM messages m JOIN topics t '
            'ON m.topic_id = t.id WHERE t.name = ? ORDER BY m.id LIMIT 1 OFFSET ?)',
            (data, topic, number - 1),
        )
    connection.close()
