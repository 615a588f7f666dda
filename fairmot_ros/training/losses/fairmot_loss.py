# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""FairMOT's losses: CenterNet's detection terms and identity classification."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from fairmot_ros.network.heads import HEADS_AT_PEAKS
from fairmot_ros.training.losses.embedding import IdentityTerms, known_identities

WEIGHTINGS = ('uncertainty', 'fixed')
TERMS = ('loss', 'hm', 'wh', 'reg', 'id', 'teacher')


def count_totals(batch: dict[str, Tensor]) -> Tensor:
    """Return the divisors of the losses of a batch, float64 [4].

    They are the numbers of centres, objects, objects with a known identity and micro-batches (1).
    The divisors of a batch that is split into micro-batches are the sums of theirs.
    """
    counts = (
        batch['hm'].eq(1).sum(),
        batch['mask'].sum(),
        known_identities(batch).sum(),
        torch.ones((), device=batch['hm'].device),
    )
    return torch.stack([count.double() for count in counts])


def focal_loss(logits: Tensor, target: Tensor, centres: Tensor | None = None) -> Tensor:
    """Return the penalty-reduced focal loss of heat maps (CornerNet eq. 1, alpha 2, beta 4).

    Args:
        logits: [B, C, H, W].
        target: [B, C, H, W] in 0..1, exactly 1 at centres.
        centres: divisor; by default the number of centres in `target`.
    """
    p = logits.sigmoid().clamp(1e-4, 1 - 1e-4)
    at_centre = target.eq(1)
    positive = (p.log() * (1 - p) ** 2)[at_centre].sum()
    negative = ((1 - p).log() * p**2 * (1 - target) ** 4)[~at_centre].sum()
    centres = at_centre.sum() if centres is None else centres
    return -(positive + negative) / centres.clamp(min=1)


def masked_l1(
    predicted: Tensor, target: Tensor, mask: Tensor, objects: Tensor | None = None
) -> Tensor:
    """Return the mean absolute error over objects and channels.

    Args:
        predicted: [B, K, C].
        target: [B, K, C].
        mask: bool [B, K], rows that hold an object.
        objects: number of objects to divide by; by default that of the mask.
    """
    weight = mask.unsqueeze(2).to(predicted.dtype)
    objects = mask.sum() if objects is None else objects
    return ((predicted - target).abs() * weight).sum() / (objects * predicted.shape[2] + 1e-4)


def gather_cells(maps: Tensor, index: Tensor) -> Tensor:
    """Return the values [B, K, C] of maps [B, C, H, W] at cells [B, K], given as y * W + x."""
    flat = maps.flatten(2).transpose(1, 2)
    return flat.gather(1, index.unsqueeze(2).expand(-1, -1, flat.shape[2]))


class FairMOTLoss(IdentityTerms):
    """All terms of the heat-map architectures, with trainable weights of the two tasks.

    Attributes:
        s_det: trainable log variance of the detection task.
        s_id: trainable log variance of the identity task.
    """

    def __init__(
        self,
        reid_dim: int,
        num_identities: int,
        *,
        weighting: str = 'uncertainty',
        hm_weight: float = 1.0,
        wh_weight: float = 0.1,
        reg_weight: float = 1.0,
        id_weight: float = 1.0,
        fixed_id_weight: float = 0.1,
        teacher_weight: float = 1.0,
        contrast_weight: float = 0.0,
        teacher_embeddings: Tensor | None = None,
    ) -> None:
        """Create the loss.

        Args:
            reid_dim: embedding size.
            num_identities: number of identity classes.
            weighting: 'uncertainty' for trainable task weights, or 'fixed'.
            hm_weight: weight of the heat-map loss.
            wh_weight: weight of the box loss.
            reg_weight: weight of the centre-offset loss.
            id_weight: weight of the identity loss.
            fixed_id_weight: further weight of the identity loss with fixed weighting.
            teacher_weight: weight of the distance to the teacher's embeddings.
            contrast_weight: see `IdentityTerms`.
            teacher_embeddings: see `IdentityTerms`.

        Raises:
            ValueError: if the weighting is unknown.
        """
        super().__init__(
            reid_dim,
            num_identities,
            contrast_weight=contrast_weight,
            teacher_embeddings=teacher_embeddings,
        )
        if weighting not in WEIGHTINGS:
            raise ValueError(f'loss weighting must be one of {WEIGHTINGS}, got {weighting!r}')
        self.weighting = weighting
        self.hm_weight, self.wh_weight, self.reg_weight = hm_weight, wh_weight, reg_weight
        self.id_weight, self.fixed_id_weight = id_weight, fixed_id_weight
        self.teacher_weight = teacher_weight
        self.s_det = nn.Parameter(torch.tensor(-1.85))
        self.s_id = nn.Parameter(torch.tensor(-1.05))

    def forward(
        self, output: dict[str, Tensor], batch: dict[str, Tensor], totals: Tensor | None = None
    ) -> dict[str, Tensor]:
        """Return the terms by name, and their weighted sum under ``loss``.

        Args:
            output: raw output maps of the network by head.
            batch: stacked `Targets`.
            totals: divisors, see `count_totals`. For a micro-batch, those of the whole batch: the
                terms of all micro-batches then add up to those of the batch.
        """
        at_objects = {name: gather_cells(output[name], batch['ind']) for name in HEADS_AT_PEAKS}
        return self.terms(output['hm'], at_objects, batch, totals)

    def terms(
        self,
        heat_maps: Tensor,
        at_objects: dict[str, Tensor],
        batch: dict[str, Tensor],
        totals: Tensor | None = None,
    ) -> dict[str, Tensor]:
        """Return the same as `forward` from heads that were computed only at the objects.

        Args:
            heat_maps: logits [B, classes, H, W].
            at_objects: ``wh``, ``id`` and ``reg`` at the centre cells, each [B, K, channels].
            batch: stacked `Targets`.
            totals: see `forward`.
        """
        totals = count_totals(batch) if totals is None else totals
        centres, objects, known, micro_batches = totals.float()
        mask = batch['mask']
        hm = focal_loss(heat_maps.float(), batch['hm'], centres)
        wh = masked_l1(at_objects['wh'].float(), batch['wh'], mask, objects)
        reg = masked_l1(at_objects['reg'].float(), batch['reg'], mask, objects)
        embeddings = at_objects['id'].float()
        identity = self.identity_loss(embeddings, batch, known)
        det = self.hm_weight * hm + self.wh_weight * wh + self.reg_weight * reg
        identity = self.id_weight * identity
        if self.weighting == 'fixed':
            loss = det + self.fixed_id_weight * identity
        else:
            # Kendall et al. 2018: each task is weighted by its learned uncertainty.
            loss = 0.5 * (
                torch.exp(-self.s_det) * det
                + torch.exp(-self.s_id) * identity
                + (self.s_det + self.s_id) / micro_batches
            )
        teacher = self.teacher_loss(embeddings, batch, known)
        loss = loss + self.teacher_weight * teacher
        return {
            'loss': loss,
            'hm': hm,
            'wh': wh,
            'reg': reg,
            'id': identity,
            'teacher': teacher,
        }
