"""Training of YOLOX's levels: detection by SimOTA and distillation, embeddings read in boxes."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from fairmot_ros.network import load_checkpoint
from fairmot_ros.network.base import Network
from fairmot_ros.network.grid import read_embeddings
from fairmot_ros.network.yolox import YoloxFeatures, YoloxNano
from fairmot_ros.training.config import ConfigError, TrainingConfig
from fairmot_ros.training.losses.embedding import EmbeddingLoss, make_embedding_loss
from fairmot_ros.training.losses.objectives.base import Batch, Objective, Recipe
from fairmot_ros.training.losses.objectives.box_targets import read_back, scene_targets
from fairmot_ros.training.losses.objectives.cells import Cells
from fairmot_ros.training.losses.objectives.detection_loss import (
    DETECTION_TERMS,
    DetectionWeights,
    detection_terms,
)


class LevelsObjective(Objective):
    """Loss of YOLOX's levels and of the embedding map.

    What does not depend on a trainable parameter is not computed: the detection terms are 0 when
    backbone, pyramid and head are frozen.

    The terms of labels are divided by the number of objects, the distilled ones by the number of
    images. (YOLOX divides by the number of assigned cells, which is unknown beforehand.)
    """

    def __init__(
        self,
        weights: DetectionWeights,
        embedding: EmbeddingLoss | None = None,
        teacher: YoloxNano | None = None,
    ) -> None:
        """Create the loss.

        Args:
            weights: of the detection terms.
            embedding: None for a network without an embedding.
            teacher: frozen detector to distil, or None. It is no part of the state.
        """
        super().__init__()
        self.weights, self.embedding = weights, embedding
        self._teacher = [] if teacher is None else [_frozen(teacher)]
        own = () if embedding is None else embedding.term_names
        self.term_names = ('loss', *DETECTION_TERMS, *own)

    def count_totals(self, batch: Batch) -> Tensor:
        """Return the number of objects and of images, and the totals of the embedding's loss."""
        mask = batch['mask']
        counts = torch.stack((mask.sum(), torch.tensor(len(mask), device=mask.device))).double()
        if self.embedding is None:
            return counts
        return torch.cat((counts, self.embedding.count_totals(batch)))

    def forward(
        self, network: Network, features: Any, images: Tensor, batch: Batch, totals: Tensor
    ) -> dict[str, Tensor]:
        assert isinstance(network, YoloxNano) and isinstance(features, YoloxFeatures)
        totals = totals.float()
        zero = torch.zeros((), device=images.device)
        terms = dict.fromkeys(self.term_names, zero)
        if detection_learns(network):
            cells = Cells.from_levels(network.raw_levels(features))
            terms |= detection_terms(cells, self._teach(images), batch, totals)
            for name, weight in zip(DETECTION_TERMS, vars(self.weights).values(), strict=True):
                terms['loss'] = terms['loss'] + weight * terms[name]
        if self.embedding is not None:
            maps = network.embedding_map(features)
            embeddings = read_embeddings(maps, batch['boxes'] / network.stride)
            found = self.embedding(embeddings, batch, totals[2:])
            terms['loss'] = terms['loss'] + found.pop('embedding')
            terms |= found
        return terms

    @torch.no_grad()
    def _teach(self, images: Tensor) -> Cells | None:
        """Return the teacher's predictions."""
        if not self._teacher:
            return None
        teacher = self._teacher[0].to(images.device)
        return Cells.from_levels(teacher.raw_levels(teacher.features(images)))


def _frozen(network: YoloxNano) -> YoloxNano:
    network = network.eval().requires_grad_(False)
    return network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]


def detection_learns(network: YoloxNano) -> bool:
    """Whether anything that the detections depend on is trained."""
    parts = (network.backbone, network.pyramid, network.head)
    return any(p.requires_grad for part in parts for p in part.parameters())


def make_objective(
    config: TrainingConfig, num_identities: int, looks: Tensor | None
) -> LevelsObjective:
    """Build the loss; ValueError or TypeError on a wrong option."""
    options = dict(config.loss)
    embedding = options.pop('embedding', {})
    weights = DetectionWeights(**options)
    loss = None
    if config.reid_dim:
        loss = make_embedding_loss(config.reid_dim, num_identities, embedding, looks)
    return LevelsObjective(weights, loss, read_teacher(config))


def read_teacher(config: TrainingConfig) -> YoloxNano | None:
    """Return the detector to distil, or None.

    Raises:
        CheckpointError: if it cannot be read.
        ConfigError: if it does not have the same levels and classes.
    """
    if config.detection_teacher is None:
        return None
    teacher = load_checkpoint(config.detection_teacher)
    if not isinstance(teacher, YoloxNano):
        raise ConfigError(
            f'detection_teacher must be a yolox_nano, {config.detection_teacher} is '
            f'{teacher.info.architecture}'
        )
    if teacher.sizes.num_classes != len(config.labels):
        raise ConfigError(
            f'detection_teacher has {teacher.sizes.num_classes} classes, '
            f'expected {len(config.labels)}'
        )
    return teacher


LEVELS = Recipe(scene_targets, make_objective, read_back)
