# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Training recipe of FairMOT's architectures: CenterNet's heat map with FairMOT's heads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from fairmot_ros.network.base import Network
from fairmot_ros.network.heads import FairMOTNetwork
from fairmot_ros.training.config import TrainingConfig
from fairmot_ros.training.data.sample import Sample, no_boxes
from fairmot_ros.training.losses.fairmot_loss import TERMS, FairMOTLoss, count_totals
from fairmot_ros.training.losses.objectives.base import Batch, DrawnTargets, Objective, Recipe
from fairmot_ros.training.losses.targets import make_targets, mask_ignored_regions


class HeatMapObjective(Objective):
    """`FairMOTLoss`, with all heads but the heat map computed only at the cells of objects."""

    term_names = TERMS

    def __init__(self, loss: FairMOTLoss) -> None:
        super().__init__()
        self.loss = loss

    def count_totals(self, batch: Batch) -> Tensor:
        return count_totals(batch)

    def forward(
        self, network: Network, features: Any, images: Tensor, batch: Batch, totals: Tensor
    ) -> dict[str, Tensor]:
        assert isinstance(network, FairMOTNetwork)
        # Heads and losses are computed in float32, as in the detector.
        features = features.float()
        at_objects = network.heads_at(features, batch['ind'])
        return self.loss.terms(network.heat_maps(features), at_objects, batch, totals)


def make_objective(
    config: TrainingConfig, num_identities: int, teacher_embeddings: Tensor | None
) -> HeatMapObjective:
    """Build the loss.

    Raises:
        TypeError: if an option is unknown.
        ValueError: if a value is out of range.
    """
    return HeatMapObjective(
        FairMOTLoss(
            config.reid_dim, num_identities, **config.loss, teacher_embeddings=teacher_embeddings
        )
    )


def sample_targets(sample: Sample, config: TrainingConfig) -> dict[str, NDArray]:
    """Return the arrays of `Targets` of a sample by name."""
    height, width = sample.image.shape[:2]
    stride = config.stride
    targets = make_targets(
        sample.boxes_xyxy / np.float32(stride),
        sample.identities,
        (width // stride, height // stride),
        max_objects=config.max_objects,
        num_classes=len(config.labels),
        class_ids=sample.class_ids,
        wh_channels=config.wh_channels,
    )
    mask_ignored_regions(targets.hm, sample.ignored_xyxy / np.float32(stride))
    return asdict(targets)


def decode_targets(targets: Mapping[str, NDArray], stride: int) -> DrawnTargets:
    """Decode the boxes as from the output of the network."""
    rows = np.flatnonzero(targets['mask'])
    width = targets['hm'].shape[-1]
    cells, sides = targets['ind'][rows], targets['wh'][rows]
    centre = np.stack((cells % width, cells // width), 1) + targets['reg'][rows]
    if sides.shape[1] == 2:  # width and height
        sides = np.tile(sides / 2, 2)
    boxes = np.hstack((centre - sides[:, :2], centre + sides[:, 2:])) * stride
    return DrawnTargets(
        boxes.astype(np.float32), targets['ids'][rows], no_boxes(), targets['hm'].max(axis=0)
    )


HEAT_MAP = Recipe(sample_targets, make_objective, decode_targets)
