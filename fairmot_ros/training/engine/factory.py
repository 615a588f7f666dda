# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Construction of the sample stream, the network and the loss from a configuration."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from tqdm import tqdm

from fairmot_ros.network import create_network
from fairmot_ros.network.base import Network
from fairmot_ros.network.checkpoint import initialise
from fairmot_ros.network.checkpoint_content import CheckpointError
from fairmot_ros.training.config import ConfigError, TrainingConfig
from fairmot_ros.training.data.dataset_mix import DatasetMix, read_dataset_mix
from fairmot_ros.training.losses.objectives import Objective, recipe_of
from fairmot_ros.training.streams.canvas_stream import make_canvas_stream
from fairmot_ros.training.streams.composed_stream import ComposedStream
from fairmot_ros.training.streams.sample_stream import SampleStream
from fairmot_ros.training.streams.whole_image_stream import WholeImageStream

HALF_TYPES = {'bf16': torch.bfloat16, 'fp16': torch.float16}


class NetworkWithLoss(nn.Module):
    """Network and loss as one module, so that the gradients of both are averaged together."""

    def __init__(self, network: Network, objective: Objective, precision: str) -> None:
        super().__init__()
        self.network, self.objective, self.precision = network, objective, precision

    def forward(self, images: Tensor, batch: dict[str, Any], totals: Tensor) -> dict[str, Tensor]:
        """Return the loss terms by name.

        Args:
            images: float32 [B, 3, H, W], RGB in 0..1.
            batch: stacked targets by name.
            totals: divisors of the terms, see `Objective.count_totals`.
        """
        with self._autocast(images.device.type):
            features = self.network.features(images)
        terms: dict[str, Tensor] = self.objective(self.network, features, images, batch, totals)
        return terms

    def _autocast(self, device: str) -> contextlib.AbstractContextManager:
        if self.precision == 'fp32':
            return contextlib.nullcontext()
        return torch.autocast(device, dtype=HALF_TYPES[self.precision])


def make_stream(config: TrainingConfig, data: Path) -> tuple[DatasetMix, SampleStream]:
    """Read the labels of all datasets; return them and the stream of samples.

    Raises:
        DataError: if a dataset or the person bank is missing.
    """
    if config.canvas is not None:
        return make_canvas_stream(config)
    if config.composer is None:
        mix = read_dataset_mix(config.sets, data)
        return mix, WholeImageStream(config, mix)
    mix = read_dataset_mix(config.sets, data, int(1.5 * config.composer.person_height[1]))
    return mix, ComposedStream(config, mix)


def make_network(config: TrainingConfig) -> Network:
    """Build the network with fresh weights.

    Raises:
        ConfigError: if the architecture or one of its options is unknown.
    """
    try:
        return create_network(
            config.architecture, len(config.labels), config.reid_dim, **config.network
        )
    except (TypeError, ValueError) as error:
        raise ConfigError(f'network of {config.name}: {error}') from error


def start_from(network: Network, weights: str) -> None:
    """Load the initial weights of a run, and report the heads that keep random weights.

    Raises:
        CheckpointError: if the weights belong to another architecture.
    """
    fresh = initialise(network, weights)
    if fresh:
        tqdm.write(f'{weights} has no matching {", ".join(fresh)}: initialised at random')


def make_loss(
    config: TrainingConfig,
    num_identities: int,
    teacher_embeddings: NDArray[np.float32] | None = None,
) -> Objective:
    """Build the loss.

    Args:
        config: configuration of the run.
        num_identities: classes of the identity classifier.
        teacher_embeddings: target embeddings [num_identities, reid_dim] for distillation.

    Raises:
        ConfigError: if an option of the loss is unknown.
        CheckpointError: if the network to distil cannot be read.
    """
    targets = None if teacher_embeddings is None else torch.from_numpy(teacher_embeddings)
    try:
        return recipe_of(config.architecture).make_objective(config, num_identities, targets)
    except CheckpointError:  # its message names the file
        raise
    except (TypeError, ValueError) as error:
        raise ConfigError(f'loss of {config.name}: {error}') from error
