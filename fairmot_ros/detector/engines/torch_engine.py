# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Engine that runs checkpoints with torch, on the CPU or a GPU."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from copy import deepcopy
from pathlib import Path

import torch
from torch import Tensor, nn

from fairmot_ros.detector.engines.arithmetic import gpu_arithmetic
from fairmot_ros.detector.engines.base import DEFAULT_OPTIONS, EngineOptions, Image
from fairmot_ros.detector.engines.compiled import compiled
from fairmot_ros.detector.engines.cuda_graphs import CudaGraphs
from fairmot_ros.detector.engines.device_input import DeviceInput
from fairmot_ros.detector.engines.devices import (
    PRECISIONS,
    choose_device,
    choose_execution,
    choose_precision,
    reason_of_choice,
)
from fairmot_ros.detector.engines.host_input import HostInput
from fairmot_ros.detector.input_size import choose_input_size
from fairmot_ros.detector.ranking import RankedPredictions, rank
from fairmot_ros.network import load_checkpoint
from fairmot_ros.network.base import Network
from fairmot_ros.network.deform_conv import DeformConv2d
from fairmot_ros.network.deform_conv_rows import deform_conv2d_rows
from fairmot_ros.network.fuse import optimise_for_inference
from fairmot_ros.network.predictions import Predictions
from fairmot_ros.network.registry import ARCHITECTURES


class TorchEngine:
    """See `Engine`.

    On a GPU, images are scaled on the device, deformable convolutions sample in the network's
    precision, and a CUDA graph runs everything from the network's input to the ranked detections.

    Attributes:
        execution: 'eager', 'graphs' or 'compiled', see `choose_execution`.
    """

    name = 'torch'

    def __init__(
        self, network: Network, options: EngineOptions = DEFAULT_OPTIONS, *, copy: bool = True
    ) -> None:
        """Prepare a network for its device.

        Args:
            network: to run.
            options: device, precision, execution and limits.
            copy: run a copy and leave the network unchanged. Otherwise the engine folds its batch
                norms and moves it to the device in place.

        Raises:
            ValueError: if the device, precision, execution or size is unknown or not available.
        """
        self.info = network.info
        self.embedding_size = network.sizes.reid_dim
        self.input_size = choose_input_size(options.input_size, network.info)
        self.device = choose_device(options.device)
        self.precision = choose_precision(options.precision, self.device)
        self.precision_reason = reason_of_choice(options.precision)
        self.execution = choose_execution(options.execution, self.device)
        self.prepares_batches = self.execution != 'eager'
        self._deterministic = options.deterministic
        self._max_detections = options.max_detections
        own = deepcopy(network) if copy else network
        self._network = optimise_for_inference(own.eval()).to(self.device)
        self._network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        on_host = self.device.type == 'cpu' and self.execution == 'eager'
        # On the host, weights stay in float32 and autocast rounds them: the reference results were
        # recorded this way.
        self._autocasts = on_host and self.precision != 'fp32'
        self._feature_type = torch.float32 if on_host else PRECISIONS[self.precision]
        if not on_host:
            convert_features(self._network, self._feature_type)
        self._to_input = self._make_input(on_host)
        self._maps: Callable[[Tensor], dict[str, Tensor]] = self._compute_maps
        if self.execution == 'compiled':
            self._maps = compiled(self._compute_maps, self.info.name)
        self._run: Callable[[Tensor], Predictions] = self._predict
        if self.execution != 'eager':
            self._run = CudaGraphs(self._predict_ranked)

    @staticmethod
    def load(path: Path, options: EngineOptions) -> TorchEngine:
        """Load a checkpoint; raises CheckpointError if it is unusable."""
        return TorchEngine(load_checkpoint(path), options, copy=False)

    @torch.inference_mode()
    def __call__(self, images_bgr: Sequence[Image]) -> Predictions:
        return self._run(self._to_input(images_bgr))

    def _make_input(self, on_host: bool) -> Callable[[Sequence[Image]], Tensor]:
        """Return the function from images to the network's input."""
        enlarge = ARCHITECTURES[self.info.architecture].enlarge_images
        if not on_host:
            return DeviceInput(self.input_size, enlarge, self.device)
        to_input = HostInput(self.input_size, enlarge, channels_last=True)
        return lambda images: torch.from_numpy(to_input(images))

    def _predict(self, images: Tensor) -> Predictions:
        with self._arithmetic():
            return self._network.predictions(self._maps(images))

    def _predict_ranked(self, images: Tensor) -> RankedPredictions:
        predictions = self._predict(images)
        table = rank(predictions, self._max_detections)
        return RankedPredictions(predictions, table, self._max_detections)

    def _compute_maps(self, images: Tensor) -> dict[str, Tensor]:
        with self._autocast():
            features = self._network.features(images.to(self._feature_type))
        return self._network.dense(features)

    def _autocast(self) -> contextlib.AbstractContextManager:
        if not self._autocasts:
            return contextlib.nullcontext()
        return torch.autocast(self.device.type, dtype=PRECISIONS[self.precision])

    def _arithmetic(self) -> contextlib.AbstractContextManager:
        if self.device.type == 'cpu':
            return contextlib.nullcontext()
        return gpu_arithmetic(
            tf32=self.precision != 'fp32',
            deterministic=self._deterministic,
            tune=self.execution != 'eager',
        )


def convert_features(network: Network, dtype: torch.dtype) -> None:
    """Convert the convolutions before the heads to a type, in place.

    Deformable convolutions then sample in that type, too. Batch norms stay in float32.
    """
    for name, module in network.named_modules():
        if isinstance(module, DeformConv2d):
            module.convolve = deform_conv2d_rows
        if name.split('.')[0] not in network.head_names and isinstance(
            module, (nn.Conv2d, nn.ConvTranspose2d, DeformConv2d)
        ):
            module.to(dtype)
