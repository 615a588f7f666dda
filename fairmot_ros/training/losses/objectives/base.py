"""What training needs to know of an architecture: its targets and its loss."""

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
from fairmot_ros.training.synthesis.scene import Scene

Batch = dict[str, Any]


class Objective(nn.Module, ABC):
    """Loss of a network on a batch.

    A module, because it may have trainable parts: an identity classifier, loss weights.

    Attributes:
        term_names: names of what `forward` returns; the first is `loss`, the weighted sum.
    """

    term_names: tuple[str, ...]

    @abstractmethod
    def count_totals(self, batch: Batch) -> Tensor:
        """Return what the terms of a batch are divided by, float64.

        A batch may be split into parts, in one process or several. Their totals are added, and
        each part divides by the sum, so that the terms of all parts add up to those of the whole.
        """

    @abstractmethod
    def forward(
        self, network: Network, features: Any, images: Tensor, batch: Batch, totals: Tensor
    ) -> dict[str, Tensor]:
        """Return the loss terms by name.

        Args:
            network: that is trained.
            features: of the images, see `Network.features`.
            images: float32 [B, 3, H, W], RGB in 0..1.
            batch: stacked targets.
            totals: of the whole batch, see `count_totals`.
        """


@dataclass(frozen=True)
class DrawnTargets:
    """Targets of one sample in the form that `write_sheet` draws.

    Attributes:
        boxes_xyxy: float32 [N, 4] in pixels of the sample.
        identities: int64 [N], -1 where unknown.
        ignored_xyxy: float32 [M, 4].
        heat: float32 [H, W] in 0..1 of any resolution, or None.
    """

    boxes_xyxy: NDArray[np.float32]
    identities: NDArray[np.int64]
    ignored_xyxy: NDArray[np.float32]
    heat: NDArray[np.float32] | None = None


@dataclass(frozen=True)
class Recipe:
    """How one kind of architecture is trained.

    Attributes:
        make_targets: returns the arrays of one sample by name, of the same shapes for all samples.
        make_objective: called with the configuration, the number of identities, and the target
            embeddings [identities, reid_dim] of a teacher or None.
        read_back: called with the arrays of one sample and the network's stride.
    """

    make_targets: Callable[[Scene, TrainingConfig], dict[str, NDArray]]
    make_objective: Callable[[TrainingConfig, int, Tensor | None], Objective]
    read_back: Callable[[Mapping[str, NDArray], int], DrawnTargets]
