# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Interface between the training loop and an architecture: targets and loss."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch import Tensor, nn

from fairmot_ros.network.base import Network
from fairmot_ros.training.config import TrainingConfig
from fairmot_ros.training.data.sample import Sample

Batch = dict[str, Any]


class Objective(nn.Module, ABC):
    """Loss of a network on a batch.

    It is a module because it may have trainable parameters, such as an identity classifier.

    Attributes:
        term_names: names of the terms that `forward` returns; the first is `loss`, their weighted
            sum.
    """

    term_names: tuple[str, ...]

    @abstractmethod
    def count_totals(self, batch: Batch) -> Tensor:
        """Return the divisors of the terms of a batch, float64.

        A batch may be split into micro-batches, in one process or several. Each of them divides by
        the sum of their divisors, so that their terms add up to those of the batch.
        """

    @abstractmethod
    def forward(
        self, network: Network, features: Any, images: Tensor, batch: Batch, totals: Tensor
    ) -> dict[str, Tensor]:
        """Return the loss terms by name.

        Args:
            network: network to train.
            features: features of the images, see `Network.features`.
            images: float32 [B, 3, H, W], RGB in 0..1.
            batch: stacked targets by name.
            totals: sum of `count_totals` over the whole batch.
        """


@dataclass(frozen=True)
class DrawnTargets:
    """Decoded targets of one sample, as drawn by `write_sample_grid`.

    Attributes:
        boxes_xyxy: float32 [N, 4] in pixels of the sample.
        identities: int64 [N], -1 where unknown.
        ignored_xyxy: ignored regions, float32 [M, 4] in pixels.
        heat: heat map in 0..1, float32 [H, W] at any resolution, or None.
    """

    boxes_xyxy: NDArray[np.float32]
    identities: NDArray[np.int64]
    ignored_xyxy: NDArray[np.float32]
    heat: NDArray[np.float32] | None = None


@dataclass(frozen=True)
class Recipe:
    """Targets and loss of one kind of architecture.

    Attributes:
        make_targets: returns the target arrays of a sample by name, with equal shapes for all
            samples.
        make_objective: called with the configuration, the number of identities and the teacher's
            target embeddings [identities, reid_dim] or None.
        decode_targets: called with the target arrays of a sample and the stride of the network.
    """

    make_targets: Callable[[Sample, TrainingConfig], dict[str, NDArray]]
    make_objective: Callable[[TrainingConfig, int, Tensor | None], Objective]
    decode_targets: Callable[[Mapping[str, NDArray], int], DrawnTargets]
