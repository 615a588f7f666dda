# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Small MOTChallenge folders with detections, for tests of tuning."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from fairmot_ros.evaluation import write_mot

RATE, FRAMES, PEOPLE = 10, 60, 3


def write_folder(path: Path, hidden_seconds: float, seed: int = 0) -> Path:
    """Write a folder in which each person walks and is hidden once for some time.

    The default settings drop a lost track after 1.5 s.
    """
    rng = np.random.default_rng(seed)
    hidden = round(hidden_seconds * RATE)
    truth, found = [], []
    for person in range(PEOPLE):
        start = 10 + int(rng.integers(0, 10))
        for frame in range(1, FRAMES + 1):
            box = [100 + 3 * frame, 50 + 200 * person, 40, 100]
            truth.append([frame, person + 1, *box, 1, -1, -1, -1])
            if not start <= frame < start + hidden:
                seen = np.add(box, rng.normal(0, 0.5, 4))
                found.append([frame, -1, *seen, 0.95, -1, -1, -1])
    for folder in ('gt', 'det'):
        (path / folder).mkdir(parents=True)
    write_mot(path / 'gt' / 'gt.txt', truth)
    write_mot(path / 'det' / 'det.txt', found)
    (path / 'seqinfo.ini').write_text(
        f'[Sequence]\nname={path.name}\nframeRate={RATE}\nseqLength={FRAMES}\n'
        'imWidth=640\nimHeight=640\n'
    )
    return path
