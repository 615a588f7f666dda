"""Small sequences to make bags of."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import numpy as np

from fairmot_ros.evaluation.bags.sequence import BagLayout, write_sequence

FRAMES = 20
RATE = 7.0
SIZE = (48, 64)

# Two people; nobody in frame 3. Frame, id, left, top, width, height, mark.
GROUND_TRUTH = np.array(
    [
        [frame, person, 4.25 * frame / 2 + 20 * person, 10.5, 6.25, 18, 1]
        for frame in range(1, FRAMES + 1)
        for person in (1, 2)
        if frame != 3
    ]
)


def pictures(count: int = FRAMES) -> list[np.ndarray]:
    """Return noise, so that no two pictures are alike and none can be compressed away."""
    rng = np.random.default_rng(3)
    return list(rng.integers(0, 256, (count, *SIZE, 3), dtype=np.uint8))


def make_bag(path: Path, ground_truth: np.ndarray | None = GROUND_TRUTH, **layout: object) -> Path:
    """Write the sequence as a bag; returns its path."""
    write_sequence(path, pictures(), RATE, ground_truth, BagLayout(**layout))
    return path


def storage_file(bag: Path) -> Path:
    """Return the file with a bag's messages."""
    return next(p for p in bag.iterdir() if p.suffix in ('.mcap', '.db3'))


def spoil(bag: Path, number: int, data: bytes, topic: str = '/image/compressed') -> None:
    """Replace a message of a bag stored as sqlite3; the first one is 1."""
    with sqlite3.connect(storage_file(bag)) as connection:
        connection.execute(
            'UPDATE messages SET data = ? WHERE id = (SELECT m.id FROM messages m JOIN topics t '
            'ON m.topic_id = t.id WHERE t.name = ? ORDER BY m.id LIMIT 1 OFFSET ?)',
            (data, topic, number - 1),
        )
    connection.close()
