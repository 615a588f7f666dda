# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Every engine by its name, the fastest first: a new one is one file and one line here."""

from __future__ import annotations

import logging
from itertools import pairwise
from pathlib import Path

from fairmot_ros.detector.engines.base import (
    Engine,
    EngineError,
    EngineOptions,
    EngineType,
    needs_package,
)
from fairmot_ros.detector.engines.devices import choose_device
from fairmot_ros.detector.engines.onnx_engine import SUFFIX as ONNX
from fairmot_ros.detector.engines.onnx_engine import OnnxEngine
from fairmot_ros.detector.engines.openvino_engine import OpenVinoEngine
from fairmot_ros.detector.engines.openvino_file_engine import SUFFIX as XML
from fairmot_ros.detector.engines.openvino_file_engine import OpenVinoFileEngine
from fairmot_ros.detector.engines.torch_engine import TorchEngine

CHECKPOINT = ''  # in place of the suffix of checkpoints, which is arbitrary


def _load_openvino(path: Path, options: EngineOptions) -> Engine:
    if path.suffix == XML:
        if reason := needs_package('openvino')():
            raise ValueError(
                f'{path.name} needs OpenVINO, but {reason}; alternatively use a .pth file'
            )
        return OpenVinoFileEngine(path, options)
    return OpenVinoEngine.load(path, options)


ENGINES: dict[str, EngineType] = {
    'openvino': EngineType(
        (CHECKPOINT, XML),
        ('cpu',),
        _load_openvino,
        needs_package('openvino'),
        deterministic=False,
    ),
    'torch': EngineType((CHECKPOINT,), ('cpu', 'cuda'), TorchEngine.load),
    'onnxruntime': EngineType((ONNX,), ('cpu', 'cuda'), OnnxEngine),
}

logger = logging.getLogger(__name__)


def engine_names() -> tuple[str, ...]:
    """Return the values of the setting `engine`."""
    return ('auto', *ENGINES)


def load_engine(path: Path, engine: str, options: EngineOptions) -> Engine:
    """Load a file into an engine; 'auto' takes the fastest that runs it here.

    Args:
        path: checkpoint, or file of fairmot-export.
        engine: one of `engine_names()`.
        options: how the network is to run.

    Raises:
        CheckpointError: if the file cannot be used.
        ValueError: if the engine is unknown or missing or does not take such a file, or an
            option is wrong.
    """
    if engine not in engine_names():
        raise ValueError(f'engine must be one of {engine_names()}, got {engine!r}')
    taking = {name: kind for name, kind in ENGINES.items() if file_suffix(path) in kind.suffixes}
    if engine != 'auto':
        if engine not in taking:
            raise ValueError(
                f'engine {engine!r} does not take {path.name}: onnxruntime takes the .onnx '
                'files of fairmot-export, openvino its .xml files; '
                'openvino and torch take checkpoints'
            )
        if reason := taking[engine].why_unavailable():
            raise ValueError(f"engine {engine!r} is not available: {reason}; use 'auto'")
        return taking[engine].load(path, options)
    return _load_fastest(path, taking, options)


def file_suffix(path: Path) -> str:
    """Return the suffix of an exported file, CHECKPOINT for all others."""
    return path.suffix if path.suffix in (ONNX, XML) else CHECKPOINT


def _load_fastest(path: Path, taking: dict[str, EngineType], options: EngineOptions) -> Engine:
    """Load a file into the first engine that can run it; log why a faster one cannot."""
    candidates = _candidates(taking, options)
    for (name, kind), (following, _) in pairwise(candidates):
        reason = kind.why_unavailable()
        if not reason:
            try:
                return kind.load(path, options)
            except EngineError as error:
                reason = str(error)
        logger.warning('engine %s would be faster, but %s: using %s', name, reason, following)
    return candidates[-1][1].load(path, options)


def _candidates(
    taking: dict[str, EngineType], options: EngineOptions
) -> list[tuple[str, EngineType]]:
    """Return the engines for the device, the fastest first."""
    if len(taking) == 1:  # it checks the device itself
        return list(taking.items())
    device = choose_device(options.device).type
    return [
        (name, kind)
        for name, kind in taking.items()
        if device in kind.devices and (kind.deterministic or not options.deterministic)
    ]
