"""What every engine offers, and what it may be asked for."""

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
    """How a network is to run.

    Attributes:
        device: 'auto', 'cpu', 'cuda' or 'cuda:N'.
        precision: 'auto', or a name of `PRECISIONS`.
        input_size: (width, height) of the network's input; the model's own if None.
        deterministic: compute the same bits in every run on this machine.
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
    """An engine that cannot run a network which others can; the message says why."""


class Engine(Protocol):
    """Runs a network on one device.

    Attributes:
        name: as in the registry.
        info: what is known about the model.
        embedding_size: D of its embeddings, 0 for none.
        device: where it runs.
        input_size: (width, height) that it is ready for.
        precision: of the backbone. The heads always compute in float32: in half precision the
            embeddings lose much of their meaning.
        prepares_batches: whether the first call with a number of images takes much longer.
    """

    name: str
    info: ModelInfo
    embedding_size: int
    device: torch.device
    input_size: tuple[int, int]
    precision: str
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
    """How an engine is chosen and made.

    Attributes:
        suffix: of the files that it runs; '' for checkpoints.
        devices: kinds of devices that it runs on.
        load: makes the engine from a file; raises CheckpointError, EngineError or ValueError.
        why_unavailable: returns what is missing on this machine, '' if nothing is.
        deterministic: whether 'auto' may take it when the same bits are wanted in every run.
    """

    suffix: str
    devices: tuple[str, ...]
    load: Callable[[Path, EngineOptions], Engine]
    why_unavailable: Callable[[], str] = lambda: ''
    deterministic: bool = True


def needs_package(name: str) -> Callable[[], str]:
    """Return a check for `EngineType.why_unavailable`: that a Python package can be imported."""

    def check() -> str:
        try:
            __import__(name)
        except ImportError:
            return f'the package {name} is not installed'
        return ''

    return check
