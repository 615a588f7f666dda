# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Tiny bags of the clip in the package, and a small configuration."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

import numpy as np

import fairmot_ros
from fairmot_ros.evaluation import EvaluationPlan
from fairmot_ros.evaluation.bags.sequence import BagLayout, write_sequence
from fairmot_ros.evaluation.runs.configuration import Configuration
from fairmot_ros.media.video_source import VideoSource

CLIP = Path(fairmot_ros.__file__).parent / 'data' / 'pedestrians.mp4'
IMAGES, RATE = 8, 7.0
SMALL = Configuration(
    'small', {'input_width': 224, 'input_height': 160, 'deterministic': True, 'threads': 1}
)


def make_bags(folder: Path, count: int) -> list[Path]:
    """Write bags with different images and ground truth that is not quite their tracks."""
    images = list(islice(VideoSource(CLIP), IMAGES * count))
    paths = []
    for number in range(count):
        truth = np.array(
            [
                [frame, person, 60.0 * person + 5 * number, 60, 40, 110, 1]
                for frame in range(1, IMAGES + 1)
                for person in (1, 2)
            ]
        )
        paths.append(folder / f'bag{number}')
        own = images[IMAGES * number : IMAGES * (number + 1)]
        write_sequence(paths[-1], own, RATE, truth, BagLayout())
    return paths


def plan_of(bags: list[Path], **settings: object) -> EvaluationPlan:
    """Return a plan with the small configuration."""
    return EvaluationPlan(bags=bags, configurations=[SMALL], **settings)


def result_files(folder: Path) -> dict[str, bytes]:
    """Return the contents of all result files; records name times and workers, so not they."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob('*'))
        if path.is_file() and path.name not in ('record.json', 'manifest.json', '.lock')
    }
