"""From a configuration to what is trained: the samples, the network and the loss."""

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
from fairmot_ros.training.data.dataset_mix import Mix, read_mix
from fairmot_ros.training.data.sample_streams import SampleStream, SceneStream
from fairmot_ros.training.distillation.person_bank.stream import make_person_stream
from fairmot_ros.training.losses.objectives import Objective, recipe_of
from fairmot_ros.training.synthesis.whole_images import PictureStream

HALF_TYPES = {'bf16': torch.bfloat16, 'fp16': torch.float16}


class NetworkWithLoss(nn.Module):
    """Both as one module, so that the gradients of both are shared among processes."""

    def __init__(self, network: Network, objective: Objective, precision: str) -> None:
        super().__init__()
        self.network, self.objective, self.precision = network, objective, precision

    def forward(self, images: Tensor, batch: dict[str, Any], totals: Tensor) -> dict[str, Tensor]:
        """Return the loss terms of float32 images [B, 3, H, W]."""
        with self._autocast(images.device.type):
            features = self.network.features(images)
        terms: dict[str, Tensor] = self.objective(self.network, features, images, batch, totals)
        return terms

    def _autocast(self, device: str) -> contextlib.AbstractContextManager:
        if self.precision == 'fp32':
            return contextlib.nullcontext()
        return torch.autocast(device, dtype=HALF_TYPES[self.precision])


def make_stream(config: TrainingConfig, data: Path) -> tuple[Mix, SampleStream]:
    """Read the labels of all sets; returns them and the stream of samples."""
    if config.canvas is not None:
        return make_person_stream(config)
    if config.composer is None:
        mix = read_mix(config.sets, data)
        return mix, PictureStream(config, mix)
    mix = read_mix(config.sets, data, int(1.5 * config.composer.person_height[1]))
    return mix, SceneStream(config, mix)


def make_network(config: TrainingConfig) -> Network:
    """Build the network with fresh weights.

    Raises:
        ConfigError: if the architecture or an option of it is unknown.
    """
    try:
        return create_network(
            config.architecture, len(config.labels), config.reid_dim, **config.network
        )
    except (TypeError, ValueError) as error:
        raise ConfigError(f'network of {config.name}: {error}') from error


def start_from(network: Network, weights: str) -> None:
    """Fill a network with the weights that a run starts from, and tell what starts fresh.

    Raises:
        CheckpointError: if they do not fit.
    """
    fresh = initialise(network, weights)
    if fresh:
        tqdm.write(f'{weights} has no {", ".join(fresh)} that fits: started fresh')


def make_loss(
    config: TrainingConfig, num_identities: int, looks: NDArray[np.float32] | None = None
) -> Objective:
    """Build the loss; `looks` [num_identities, reid_dim] are a teacher's embeddings.

    Raises:
        ConfigError: if an option of it is unknown.
        CheckpointError: if a network to distil cannot be read.
    """
    try:
        return recipe_of(config.architecture).make_objective(
            config, num_identities, None if looks is None else torch.from_numpy(looks)
        )
    except CheckpointError:  # its message names the file
        raise
    except (TypeError, ValueError) as error:
        raise ConfigError(f'loss of {config.name}: {error}') from error
