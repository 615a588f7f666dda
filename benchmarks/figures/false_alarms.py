# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""False detections per image without people."""

from __future__ import annotations

from collections.abc import Iterable

import cv2
import numpy as np

from benchmarks.detector_tables import BYTE_THRESHOLD
from benchmarks.figures.baselines import YOLOX_BYTE
from benchmarks.figures.markdown import table
from benchmarks.figures.measured import Measured
from benchmarks.figures.training_sets import unpack, without_people
from benchmarks.sequences import Image
from benchmarks.teacher_detections import Detect, network_file, teacher, yolox_file
from fairmot_ros.types import Detections

EMPTY_ROOM = 'one-by-one'
IMAGES = 'coco128'
TEACHER, TEACHER_THRESHOLD = 'person-detection-0201', 0.4


def parts(measured: Measured) -> dict[str, str]:
    """Return the part `false-alarms`."""
    config = measured.model.tracker.config
    room = measured.results[EMPTY_ROOM]
    occupied = set(room.sequence.truth[:, 0].astype(int).tolist())
    empty = [n for n in range(1, len(room.detections) + 1) if n not in occupied]
    folder = unpack(IMAGES, measured.cache / 'whole_sets')
    images = [_read(path) for path in without_people(folder)]
    room_images = [i for n, i in enumerate(room.sequence.images(), 1) if n not in occupied]

    def default_model(wanted: Iterable[Image]) -> list[Detections]:
        return [measured.model.detector(image) for image in wanted]

    others: dict[str, tuple[Detect, float]] = {
        YOLOX_BYTE.split(',')[0]: (teacher(yolox_file(640, 480)), BYTE_THRESHOLD),
        TEACHER: (teacher(network_file(TEACHER)), TEACHER_THRESHOLD),
    }
    places: dict[str, tuple[list[Detections], list[Image]]] = {
        f'empty room, {len(empty)} frames': ([room.detections[n - 1] for n in empty], room_images),
        f'{len(images)} images of {IMAGES} without people': (default_model(images), images),
    }
    thresholds = (
        config.low_score_threshold,
        config.score_threshold,
        config.new_track_threshold,
    )
    head = (
        'false boxes per image',
        *(f'default model, above {t:g}' for t in thresholds),
        *(f'{name}, above {t:g}' for name, (_, t) in others.items()),
    )
    rows = [
        (
            place,
            *(per_image(own, t) for t in thresholds),
            *(per_image([detect(i) for i in wanted], t) for detect, t in others.values()),
        )
        for place, (own, wanted) in places.items()
    ]
    tracked = sum(row[0] not in occupied for row in room.rows)
    return {
        'false-alarms': f'{table(head, rows)}\n\nThe tracker shows {tracked} boxes in the '
        f'{len(empty)} frames of the empty room.'
    }


def per_image(frames: list[Detections], threshold: float) -> str:
    """Return the mean number of detections above a threshold."""
    return f'{np.mean([(frame.scores > threshold).sum() for frame in frames]):.3f}'


def _read(path: object) -> Image:
    image = cv2.imread(str(path))
    assert image is not None, f'unreadable image {path}'
    return image
