# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Runs the .xml files of fairmot-export with OpenVINO, on the CPU."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from fairmot_ros.detector.engines.base import DEFAULT_OPTIONS, EngineOptions, Image
from fairmot_ros.detector.engines.export_metadata import (
    METADATA,
    WEIGHTS_HASH,
    hash_of_file,
    read_metadata,
)
from fairmot_ros.detector.engines.openvino_core import openvino_core
from fairmot_ros.detector.engines.openvino_engine import NAME, require_cpu
from fairmot_ros.detector.engines.openvino_maps import CompiledMaps
from fairmot_ros.detector.input_size import show
from fairmot_ros.files.errors import reading
from fairmot_ros.network import CheckpointError
from fairmot_ros.network.predictions import Predictions
from fairmot_ros.network.registry import ARCHITECTURES

SUFFIX = '.xml'


class OpenVinoFileEngine:
    """See `Engine`; runs exported files, whose image size and precision are fixed.

    Attributes:
        maps: the file's outputs for images, see `Network.whole_maps`.
    """

    name = NAME
    prepares_batches = False

    def __init__(self, path: Path, options: EngineOptions = DEFAULT_OPTIONS) -> None:
        """Load the file and the .bin beside it.

        Raises:
            CheckpointError: if it is missing, unreadable, was not made by fairmot-export, or has
                the .bin of another export beside it.
            ValueError: if the device is not the CPU, or another precision or image size than the
                file's is requested.
        """
        self.device = require_cpu(options.device)
        with reading(f'{path} cannot be read', CheckpointError):
            if not path.is_file():
                raise CheckpointError(
                    f'no exported network at {path}: make one with fairmot-export'
                )
            model = openvino_core().read_model(path)
            metadata = read_metadata(_rt_info(model, METADATA), path)
            _check_weights(path, _rt_info(model, WEIGHTS_HASH))
        self.info, self.embedding_size = metadata.info, metadata.embedding_size
        self.precision = metadata.precision
        self.precision_reason = 'that of the exported file'
        assert self.info.input_size is not None
        self.input_size = self.info.input_size
        if options.precision not in ('auto', self.precision):
            raise ValueError(
                f'{path.name} computes in {self.precision}, got precision {options.precision!r}: '
                f'use auto or {self.precision}'
            )
        if options.input_size not in (None, self.input_size):
            raise ValueError(
                f'{path.name} takes images of {show(self.input_size)} only, got input_size '
                f'{show(options.input_size)}: export the network for that size'
            )
        self._read = ARCHITECTURES[self.info.architecture].read_whole_maps
        with reading(f'{path} cannot be run by OpenVINO', CheckpointError):
            self.maps = CompiledMaps(model, self.info, self.input_size, self.precision, options)
            width, height = self.input_size
            self([np.zeros((height, width, 3), np.uint8)])

    def __call__(self, images_bgr: Sequence[Image]) -> Predictions:
        return self._read(self.maps(images_bgr), self.input_size[0])


def _rt_info(model: Any, key: str) -> str | None:
    return str(model.get_rt_info(key).astype(str)) if model.has_rt_info(key) else None


def _check_weights(path: Path, expected: str | None) -> None:
    """Raise CheckpointError if the .bin beside a file is not the one that it was written with."""
    weights = path.with_suffix('.bin')
    # Files of the first versions do not say which weights are theirs.
    if expected is not None and hash_of_file(weights) != expected:
        raise CheckpointError(
            f'{weights.name} does not belong to {path}: copy both files of one export, or export '
            'the network again'
        )
