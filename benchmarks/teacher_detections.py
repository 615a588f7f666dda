# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Detections of teacher networks and of the default model on labelled sequences, cached.

The teachers run with OpenVINO: `pip install openvino`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from benchmarks import REFERENCE_DATA
from benchmarks.sequences import LabelledSequence
from fairmot_ros.detector import Detector
from fairmot_ros.detector.detector import DEFAULT_WEIGHTS
from fairmot_ros.training.distillation.teachers.detectors import create_detector
from fairmot_ros.training.distillation.teachers.reidentification import ReidTeacher
from fairmot_ros.types import Detections

Image = NDArray[np.uint8]
Detect = Callable[[Image], Detections]
MakeDetect = Callable[[], Detect]

TEACHERS = REFERENCE_DATA / 'data' / 'teachers'
CACHE = Path(__file__).resolve().parents[1] / 'build' / 'benchmarks'
MIN_SCORE = 0.05  # of detections that are cached
MIN_EMBEDDED_SCORE = 0.1  # the reference drops detections below it
REID = 'person-reidentification-retail-0277'


def network_file(name: str) -> str:
    """Return the path of a teacher in OpenVINO's format."""
    return str(TEACHERS / name / f'{name}.xml')


def yolox_file(width: int, height: int) -> str:
    """Return the name of YOLOX-nano with an input size, as `create_detector` takes it."""
    return f'{TEACHERS / "yolox_nano" / "yolox_nano.onnx"}@{width}x{height}'


def teacher_detectors() -> dict[str, MakeDetect]:
    """Return a maker of each detector by name."""
    omz = ('person-detection-0201', 'person-detection-0200', 'person-detection-asl-0001')
    return {
        'YOLOX-nano 640x480': partial(teacher, yolox_file(640, 480)),
        'YOLOX-nano 416x416': partial(teacher, yolox_file(416, 416)),
        **{name: partial(teacher, network_file(name)) for name in omz},
    }


def teacher(name: str) -> Detect:
    """Return a detector without embeddings; `name` as `create_detector` takes it."""
    network = create_detector(name)

    def detect(image: Image) -> Detections:
        rows = network(image)
        return Detections(rows[:, :4], rows[:, 4])

    return detect


def two_stage(name: str) -> Detect:
    """Return a detector whose likely boxes get the embeddings of a re-identification network."""
    detector, reid = teacher(name), ReidTeacher(Path(network_file(REID)))

    def detect(image: Image) -> Detections:
        found = detector(image)
        found = found[found.scores >= MIN_EMBEDDED_SCORE]
        embeddings = np.zeros((len(found), reid.size), np.float32)
        for i, box in enumerate(found.boxes_xyxy.tolist()):
            embedding = reid(image, box)
            embeddings[i] = embedding / np.linalg.norm(embedding)
        return Detections(found.boxes_xyxy, found.scores, embeddings)

    return detect


def default_model() -> Detect:
    """Return the detector with the weights that ship."""
    return Detector(score_threshold=MIN_SCORE)


def default_model_name() -> str:
    """Return a name that changes with the weights."""
    return f'default model {hashlib.sha256(DEFAULT_WEIGHTS.read_bytes()).hexdigest()[:8]}'


def cached_detections(
    name: str, make: MakeDetect, sequences: Mapping[str, LabelledSequence], cache: Path
) -> dict[str, list[Detections]]:
    """Return a detector's detections in each frame of each sequence.

    Args:
        name: of the detector.
        make: creates it; called only if detections are missing from the cache.
        sequences: by name.
        cache: folder of the cache; delete it after a change of a teacher or its preprocessing.
    """
    detect: Detect | None = None
    by_sequence = {}
    for title, sequence in sequences.items():
        path = cache / name.replace(' ', '-') / f'{title}.npz'
        if not path.is_file():
            detect = detect or make()
            images = tqdm(sequence.images(), f'{name}, {title}', sequence.info.length, leave=False)
            frames = [detect(image) for image in images]
            path.parent.mkdir(parents=True, exist_ok=True)
            _write(path, frames)
        by_sequence[title] = _read(path)
    return by_sequence


def _write(path: Path, frames: list[Detections]) -> None:
    arrays = {
        'counts': np.array([len(frame) for frame in frames], np.int64),
        'boxes': np.concatenate([frame.boxes_xyxy for frame in frames]),
        'scores': np.concatenate([frame.scores for frame in frames]),
    }
    embeddings = [frame.embeddings for frame in frames if frame.embeddings is not None]
    if embeddings:
        arrays['embeddings'] = np.concatenate(embeddings)
    partial = path.with_name(f'partial-{path.name}')
    np.savez(partial, **arrays)
    partial.replace(path)  # an interruption never leaves half a file behind


def _read(path: Path) -> list[Detections]:
    with np.load(path) as arrays:
        ends = np.cumsum(arrays['counts'])[:-1]
        boxes, scores = (np.split(arrays[key], ends) for key in ('boxes', 'scores'))
        if 'embeddings' not in arrays:
            return [Detections(b, s) for b, s in zip(boxes, scores)]
        embeddings = np.split(arrays['embeddings'], ends)
        return [Detections(b, s, e) for b, s, e in zip(boxes, scores, embeddings)]
