"""Training of the published architectures: CenterNet's heat map with FairMOT's heads."""

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
from fairmot_ros.training.losses.fairmot_loss import TERMS, FairMOTLoss, count_totals
from fairmot_ros.training.losses.objectives.base import Batch, DrawnTargets, Objective, Recipe
from fairmot_ros.training.losses.targets import leave_unjudged, make_targets
from fairmot_ros.training.synthesis.scene import Scene, no_boxes


class HeatMapObjective(Objective):
    """FairMOTLoss on the heads, computed only at the cells of objects."""

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
        # The heads and losses stay in float32, as in the detector.
        features = features.float()
        at_objects = network.heads_at(features, batch['ind'])
        return self.loss.terms(network.heat_maps(features), at_objects, batch, totals)


def make_objective(
    config: TrainingConfig, num_identities: int, looks: Tensor | None
) -> HeatMapObjective:
    """Build the loss; ValueError or TypeError on a wrong option."""
    return HeatMapObjective(
        FairMOTLoss(config.reid_dim, num_identities, **config.loss, looks=looks)
    )


def scene_targets(scene: Scene, config: TrainingConfig) -> dict[str, NDArray]:
    """Return the `Targets` of a scene by name."""
    height, width = scene.image.shape[:2]
    stride = config.stride
    targets = make_targets(
        scene.boxes_xyxy / np.float32(stride),
        scene.identities,
        (width // stride, height // stride),
        max_objects=config.max_objects,
        num_classes=len(config.labels),
        class_ids=scene.class_ids,
        wh_channels=config.wh_channels,
    )
    leave_unjudged(targets.hm, scene.ignored_xyxy / np.float32(stride))
    return asdict(targets)


def read_back(sample: Mapping[str, NDArray], stride: int) -> DrawnTargets:
    """Return boxes from the box distances, as the network would be decoded."""
    rows = np.flatnonzero(sample['mask'])
    width = sample['hm'].shape[-1]
    cells, sides = sample['ind'][rows], sample['wh'][rows]
    centre = np.stack((cells % width, cells // width), 1) + sample['reg'][rows]
    if sides.shape[1] == 2:  # width and height
        sides = np.tile(sides / 2, 2)
    boxes = np.hstack((centre - sides[:, :2], centre + sides[:, 2:])) * stride
    return DrawnTargets(
        boxes.astype(np.float32), sample['ids'][rows], no_boxes(), sample['hm'].max(axis=0)
    )


HEAT_MAP = Recipe(scene_targets, make_objective, read_back)
