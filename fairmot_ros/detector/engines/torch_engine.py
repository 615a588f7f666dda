"""Runs checkpoints with torch, on the CPU or a GPU."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from copy import deepcopy
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from fairmot_ros.detector.engines.base import DEFAULT_OPTIONS, EngineOptions
from fairmot_ros.detector.engines.devices import (
    PRECISIONS,
    choose_device,
    choose_precision,
    reason_of_choice,
)
from fairmot_ros.detector.input_size import choose_input_size
from fairmot_ros.network import load_checkpoint
from fairmot_ros.network.base import Network
from fairmot_ros.network.fuse import optimise_for_inference
from fairmot_ros.network.predictions import Predictions


class TorchEngine:
    """See `Engine`."""

    name = 'torch'

    def __init__(
        self, network: Network, options: EngineOptions = DEFAULT_OPTIONS, *, copy: bool = True
    ) -> None:
        """Prepare a network for its device.

        Args:
            network: to run.
            options: how.
            copy: leave the network as it is and run a copy. Without, the engine owns it: its
                batch norms are folded in place and it is moved to the device.

        Raises:
            ValueError: if the device, precision or size is unknown or missing.
        """
        self.info = network.info
        self.embedding_size = network.sizes.reid_dim
        self.input_size = choose_input_size(options.input_size, network.info)
        self.device = choose_device(options.device)
        self.precision = choose_precision(options.precision, self.device)
        self.precision_reason = reason_of_choice(options.precision)
        self._deterministic = options.deterministic and self.device.type == 'cuda'
        own = deepcopy(network) if copy else network
        self._network = optimise_for_inference(own.eval()).to(self.device)
        self._network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]

    @staticmethod
    def load(path: Path, options: EngineOptions) -> TorchEngine:
        """Load a checkpoint; raises CheckpointError if it cannot be used."""
        return TorchEngine(load_checkpoint(path), options, copy=False)

    @torch.inference_mode()
    def __call__(self, images_bgr: Sequence[NDArray[np.uint8]]) -> Predictions:
        # The copy to the device is of bytes, a quarter of what floats would take.
        pixels = torch.stack([torch.from_numpy(image) for image in images_bgr]).to(self.device)
        images = pixels.permute(0, 3, 1, 2).flip(1).float().div_(255)
        images = images.contiguous(memory_format=torch.channels_last)
        with deterministic_cudnn() if self._deterministic else contextlib.nullcontext():
            with self._autocast():
                features = self._network.features(images)
            return self._network.predictions(self._network.dense(features))

    def _autocast(self) -> contextlib.AbstractContextManager:
        if self.precision == 'fp32':
            return contextlib.nullcontext()
        return torch.autocast(self.device.type, dtype=PRECISIONS[self.precision])


@contextlib.contextmanager
def deterministic_cudnn() -> Iterator[None]:
    """Let cuDNN take deterministic algorithms alone, and do not let it time several."""
    cudnn = torch.backends.cudnn
    before = cudnn.deterministic, cudnn.benchmark
    cudnn.deterministic, cudnn.benchmark = True, False
    try:
        yield
    finally:
        cudnn.deterministic, cudnn.benchmark = before
