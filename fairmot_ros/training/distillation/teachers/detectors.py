# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Person detectors as teachers: their interface and the supported families.

A detector is named by its file, optionally with an input size: ``yolox_nano.onnx@640x640``. The
family is recognised by the operations of the network. A new family is one class in `FAMILIES`.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from fairmot_ros.training.data.problems import DataError
from fairmot_ros.training.distillation.teachers.fcos import FcosDetector
from fairmot_ros.training.distillation.teachers.network import read_network
from fairmot_ros.training.distillation.teachers.ssd import SsdDetector
from fairmot_ros.training.distillation.teachers.yolox import YoloxDetector


class PersonDetector(Protocol):
    """A person detector."""

    def __call__(self, image_bgr: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Detect people in an image [H, W, 3]; return boxes and scores [K, 5] in its pixels."""
        ...


class Family(Protocol):
    """Detectors with the same preprocessing and outputs."""

    def __call__(self, model: Any, size: tuple[int, int] | None) -> PersonDetector:
        """Compile an `openvino.Model` for an input size (width, height); None for its own."""
        ...

    def matches(self, model: Any) -> bool:
        """Whether an `openvino.Model` belongs to this family."""
        ...


FAMILIES: dict[str, Family] = {
    'SSD with a DetectionOutput layer': SsdDetector,
    'FCOS with a NonMaxSuppression layer': FcosDetector,
    'YOLOX with the output [1, N, 5 + classes]': YoloxDetector,
}


def create_detector(name: str) -> PersonDetector:
    """Load the detector ``PATH[@WIDTHxHEIGHT]``.

    Raises:
        DataError: if the file is missing, belongs to no known family or does not support the
            input size.
    """
    path, size = parse_name(name)
    model = read_network(path)
    for family in FAMILIES.values():
        if family.matches(model):
            return family(model, size)
    raise DataError(f'{path} is not a supported detector: expected {", ".join(FAMILIES)}')


def parse_name(name: str) -> tuple[Path, tuple[int, int] | None]:
    """Split ``PATH[@WIDTHxHEIGHT]`` into path and (width, height), None if not given."""
    match = re.fullmatch(r'(.+)@(\d+)x(\d+)', name)
    if match is None:
        return Path(name), None
    return Path(match[1]), (int(match[2]), int(match[3]))
