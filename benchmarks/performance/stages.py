# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""The stages of one frame with the default model: their least work, and their time."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import cv2
import numpy as np
import torch

from benchmarks.calibration import Work
from benchmarks.performance.counting import BYTES, Cost
from benchmarks.performance.networks import DEFAULT, DEFAULT_SIZE, make_engine, make_network
from benchmarks.tracker_speed import EMBEDDING_SIZE, crowd
from fairmot_ros.detector.decode import decode_image
from fairmot_ros.detector.engines.host_input import HostInput
from fairmot_ros.tracker import Tracker, TrackerConfig
from fairmot_ros.tracker.motion.camera_motion import CameraMotion

IMAGE_SIZE = (768, 576)
PEOPLE, FRAMES = 30, 40
NUMBERS = 85  # of a track's state and box that an update reads and writes: mean and covariance


@dataclass(frozen=True)
class Stage:
    """A stage of the frame.

    Attributes:
        title: as in the documents.
        cost: least work; bytes are what it must read and write.
        work: one run.
    """

    title: str
    cost: Cost
    work: Work


def stages() -> list[Stage]:
    """Return the stages around the network."""
    image = scene()
    pixels = 3.0 * DEFAULT_SIZE[0] * DEFAULT_SIZE[1]
    source = float(image.size)
    network, size = make_network(DEFAULT)
    engine = make_engine(network, size, 'openvino', 'fp32')
    predictions = engine([image])
    to_input = HostInput(size, enlarge=False)
    cells = sum(level.scores.numel() for level in predictions.levels)

    def decode() -> None:
        with torch.inference_mode():
            decode_image(predictions, 0, 500, 0.1)

    tracker = Tracker(TrackerConfig())
    stream = itertools.cycle(crowd(PEOPLE, FRAMES))
    stamps = itertools.count()

    def track() -> None:
        tracker.update(next(stream), next(stamps) / 30)

    motion = CameraMotion()
    images = itertools.cycle((image, np.roll(image, 4, axis=1)))
    no_boxes = np.zeros((0, 4))

    # Appearance distances of all pairs; the Kalman filter's matrices are small beside them.
    compared = 2.0 * PEOPLE * PEOPLE * EMBEDDING_SIZE
    held = BYTES * PEOPLE * (2.0 * EMBEDDING_SIZE + 2 * 2 * NUMBERS)
    return [
        Stage('letterbox', Cost(0, source + BYTES * pixels), lambda: to_input([image])),
        Stage('decode', Cost(0, BYTES * float(cells)), decode),
        Stage(f'tracker, {PEOPLE} people', Cost(compared, held), track),
        Stage(
            'camera motion',
            Cost(0, source + source / 3),
            lambda: motion.estimate(next(images), no_boxes),
        ),
    ]


def scene() -> np.ndarray:
    """Return an image with structure to follow, uint8 [H, W, 3]."""
    rng = np.random.default_rng(0)
    coarse = rng.integers(0, 256, (IMAGE_SIZE[1] // 8, IMAGE_SIZE[0] // 8, 3), dtype=np.uint8)
    return cv2.resize(coarse, IMAGE_SIZE, interpolation=cv2.INTER_LINEAR)
