# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Protocol of engines, their options and their registration."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
import torch
from numpy.typing import NDArray

from fairmot_ros.network.base import ModelInfo
from fairmot_ros.network.predictions import Predictions

#: An image, uint8 [H, W, 3], BGR; a tensor may lie on the device of the engine.
Image = NDArray[np.uint8] | torch.Tensor


@dataclass(frozen=True)
class EngineOptions:
    """Options of every engine.

    Attributes:
        device: 'auto', 'cpu', 'cuda' or 'cuda:N'.
        precision: 'auto', or a name of `PRECISIONS`.
        input_size: (width, height) of the network's input; the model's own if None.
        deterministic: compute the same bits in every run on the same machine.
        execution: of torch: 'auto', 'eager', 'graphs' or 'compiled'.
        threads: of the CPU for one forward pass; 0 for torch's number.
        max_detections: most detections that are decoded from one image.
    """

    device: str = 'auto'
    precision: str = 'auto'
    input_size: tuple[int, int] | None = None
    deterministic: bool = False
    execution: str = 'auto'
    threads: int = 0
    max_detections: int = 500


DEFAULT_OPTIONS = EngineOptions()


class EngineError(ValueError):
    """Raised if an engine cannot run a network that another may run; the message says why."""


class Engine(Protocol):
    """A network that runs on one device.

    Attributes:
        name: in the registry.
        info: the model's name, labels and origin.
        embedding_size: D of the embeddings; 0 for a network without.
        device: of the network.
        input_size: (width, height) of the network's input.
        precision: 'fp32', 'fp16', 'bf16' or 'int8'. Embeddings are computed in float32: see
            `Network.dense` and `Network.float32_modules`.
        precision_reason: one sentence that says why this precision was taken.
        prepares_batches: whether the first call with a number of images takes much longer.
    """

    name: str
    info: ModelInfo
    embedding_size: int
    device: torch.device
    input_size: tuple[int, int]
    precision: str
    precision_reason: str
    prepares_batches: bool

    def __call__(self, images_bgr: Sequence[Image]) -> Predictions:
        """Scale images to `input_size` and run the network on them.

        Args:
            images_bgr: uint8 [H, W, 3] each, of any sizes: arrays, or tensors on the host or on
                the engine's device.

        Returns:
            Predictions that are valid until the next call.
        """
        ...


@dataclass(frozen=True)
class EngineType:
    """Entry of the registry.

    Attributes:
        suffixes: of the files that the engine runs; '' for checkpoints.
        devices: types of devices that it runs on.
        load: creates the engine from a file; raises CheckpointError, EngineError or ValueError.
        why_unavailable: returns what is missing on this machine; '' if nothing is.
        deterministic: whether 'auto' may choose it with the option `deterministic`.
    """

    suffixes: tuple[str, ...]
    devices: tuple[str, ...]
    load: Callable[[Path, EngineOptions], Engine]
    why_unavailable: Callable[[], str] = lambda: ''
    deterministic: bool = True


def needs_package(name: str) -> Callable[[], str]:
    """Return a function for `EngineType.why_unavailable` that checks for a Python package."""

    def check() -> str:
        try:
            __import__(name)
        except ImportError:
            return f'the package {name} is not installed'
        return ''

    return check
