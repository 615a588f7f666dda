# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Recording of detections: run the detector over an input once, or read detections of a file."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from tqdm import tqdm

from fairmot_ros.boxes import xywh_to_xyxy
from fairmot_ros.detector import Detector
from fairmot_ros.evaluation.mot.text_format import FRAME, HEIGHT, LEFT, MARK, read_mot
from fairmot_ros.media.seqinfo import read_seqinfo
from fairmot_ros.pipeline import FrameTracker
from fairmot_ros.pipeline.settings import FrameSettings
from fairmot_ros.pipeline.stamp_policy import StampDecision
from fairmot_ros.tracker.config import TrackerConfig
from fairmot_ros.tracker.motion.camera_motion import CameraMotion
from fairmot_ros.tuning.recorded_detections import RecordedDetections, from_frames
from fairmot_ros.tuning.tuning_input import TuningInput
from fairmot_ros.types import Detections

#: Version of the files; increases when their content for the same input changes.
FORMAT = 1
#: Detections of a MOTChallenge folder.
PUBLIC = Path('det') / 'det.txt'


def cached_detections(
    item: TuningInput, detector: Detector, arguments: dict[str, Any], folder: Path
) -> Path:
    """Return the file with the detections of an input; compute it unless it exists.

    Args:
        item: the input.
        detector: the detector.
        arguments: arguments of the detector, on which its detections depend.
        folder: folder of the files; it must exist.

    Raises:
        ValueError: if no image can be read.
        WriteError: if the file cannot be written.
    """
    key = [detector.model_name, detector.runtime, arguments]
    return _cached(item, key, folder, lambda: detect(item, detector))


def cached_public(item: TuningInput, folder: Path) -> Path:
    """Return the file with the detections of a MOTChallenge folder; see `read_public`."""
    return _cached(item, [str(PUBLIC)], folder, lambda: read_public(item))


def _cached(
    item: TuningInput, key: list[Any], folder: Path, make: Callable[[], RecordedDetections]
) -> Path:
    """Return the file of an input; its name has a hash of the input, the key and the format."""
    text = json.dumps([FORMAT, item.fingerprint(), *key], default=str)
    path = folder / f'{item.name}-{hashlib.sha256(text.encode()).hexdigest()[:16]}.npz'
    if not path.is_file():
        make().save(path)
    return path


def detect(item: TuningInput, detector: Detector) -> RecordedDetections:
    """Run a detector over all frames of an input, and estimate the camera motion.

    Raises:
        ValueError: if no image can be read.
    """
    frames = FrameTracker(FrameSettings(TrackerConfig()))
    camera, limit = CameraMotion(), frames.settings.tracker.max_detections
    columns: tuple[list[Any], ...] = ([], [], [], [], [])
    for number, stamp, image in tqdm(
        item.frames(), item.name, item.truth.annotated.size, unit='image'
    ):
        height, width = image.shape[:2]
        decision = frames.admit(stamp, (width, height))
        motion, detections = np.eye(2, 3), Detections.empty()
        if decision.is_tracked:
            if decision.action is StampDecision.RESET:
                camera.reset()
            detections = detector(image)
            boxes = detections.best(limit).boxes_xyxy.astype(np.float64)
            motion = camera.estimate(image, boxes)
        for column, value in zip(columns, (number, stamp, (width, height), motion, detections)):
            column.append(value)
    if not columns[0]:
        raise ValueError(f'no image of {item.path} can be read')
    return from_frames(*columns)


def read_public(item: TuningInput) -> RecordedDetections:
    """Read the detections `det/det.txt` of a MOTChallenge folder; the camera motion is unknown.

    Raises:
        FileNotFoundError: if the folder has no such file.
        ValueError: if the input is a bag, or the file is invalid.
    """
    if item.recording is not None:
        raise ValueError(
            f'{item.path} is a bag, but detections of files exist in MOTChallenge folders only'
        )
    info = read_seqinfo(item.path)
    rows = read_mot(item.path / PUBLIC)
    numbers = list(range(1, info.length + 1))
    detections = []
    for number in numbers:
        own = rows[rows[:, FRAME] == number]
        detections.append(Detections(xywh_to_xyxy(own[:, LEFT : HEIGHT + 1]), own[:, MARK]))
    return from_frames(
        numbers,
        [number / info.frame_rate for number in numbers],
        [(info.width, info.height)] * len(numbers),
        [np.eye(2, 3)] * len(numbers),
        detections,
    )
