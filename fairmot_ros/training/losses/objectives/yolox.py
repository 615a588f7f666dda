# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Training recipe of YOLOX: SimOTA detection terms, distillation and an embedding loss."""

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
from fairmot_ros.training.losses.objectives.box_targets import decode_targets, sample_targets
from fairmot_ros.training.losses.objectives.cells import Cells
from fairmot_ros.training.losses.objectives.detection_loss import (
    DETECTION_TERMS,
    DetectionWeights,
    detection_terms,
)


class YoloxObjective(Objective):
    """Loss of the detection levels and of the embedding map.

    Terms without trainable parameters are not computed: the detection terms are 0 if backbone,
    pyramid and head are frozen.

    Terms of labels are divided by the number of objects, distilled terms by the number of images.
    (YOLOX divides by the number of assigned cells, which is not known before the forward pass.)
    """

    def __init__(
        self,
        weights: DetectionWeights,
        embedding: EmbeddingLoss | None = None,
        teacher: YoloxNano | None = None,
    ) -> None:
        """Create the loss.

        Args:
            weights: weights of the detection terms.
            embedding: embedding loss, or None for a network without an embedding.
            teacher: detector to distil, or None. It is frozen and not part of the state dict.
        """
        super().__init__()
        self.weights, self.embedding = weights, embedding
        self._teacher = [] if teacher is None else [_frozen(teacher)]
        own = () if embedding is None else embedding.term_names
        self.term_names = ('loss', *DETECTION_TERMS, *own)

    def count_totals(self, batch: Batch) -> Tensor:
        """Return the numbers of objects and of images, and the divisors of the embedding loss."""
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
        if trains_detection(network):
            cells = Cells.from_levels(network.raw_levels(features))
            terms |= detection_terms(cells, self._teacher_cells(images), batch, totals)
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
    def _teacher_cells(self, images: Tensor) -> Cells | None:
        """Return the predictions of the teacher, or None without one."""
        if not self._teacher:
            return None
        teacher = self._teacher[0].to(images.device)
        return Cells.from_levels(teacher.raw_levels(teacher.features(images)))


def _frozen(network: YoloxNano) -> YoloxNano:
    network = network.eval().requires_grad_(False)
    return network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]


def trains_detection(network: YoloxNano) -> bool:
    """Whether a module that the detections depend on is trained."""
    parts = (network.backbone, network.pyramid, network.head)
    return any(p.requires_grad for part in parts for p in part.parameters())


def make_objective(
    config: TrainingConfig, num_identities: int, teacher_embeddings: Tensor | None
) -> YoloxObjective:
    """Build the loss.

    Raises:
        TypeError: if an option is unknown.
        ValueError: if a value is out of range.
        CheckpointError: if the detector to distil cannot be read.
        ConfigError: if it has other levels or classes.
    """
    options = dict(config.loss)
    embedding = options.pop('embedding', {})
    weights = DetectionWeights(**options)
    loss = None
    if config.reid_dim:
        loss = make_embedding_loss(config.reid_dim, num_identities, embedding, teacher_embeddings)
    return YoloxObjective(weights, loss, read_teacher(config))


def read_teacher(config: TrainingConfig) -> YoloxNano | None:
    """Return the detector to distil, or None.

    Raises:
        CheckpointError: if the file cannot be read.
        ConfigError: if the detector has other levels or classes.
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


YOLOX = Recipe(sample_targets, make_objective, decode_targets)
