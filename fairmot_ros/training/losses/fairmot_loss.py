"""FairMOT's losses: detection from CenterNet, identities as a classification."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from fairmot_ros.network.heads import HEADS_AT_PEAKS
from fairmot_ros.training.losses.embedding import IdentityTerms, known_identities

WEIGHTINGS = ('uncertainty', 'fixed')
TERMS = ('loss', 'hm', 'wh', 'reg', 'id', 'look')


def count_totals(batch: dict[str, Tensor]) -> Tensor:
    """Return what the losses of a batch are divided by, float64 [4].

    These are the centres, the objects, the objects of known identity, and the number of parts,
    1. The totals of several parts, of one process or of many, are the sums of theirs.
    """
    counts = (
        batch['hm'].eq(1).sum(),
        batch['mask'].sum(),
        known_identities(batch).sum(),
        torch.ones((), device=batch['hm'].device),
    )
    return torch.stack([count.double() for count in counts])


def focal_loss(logits: Tensor, target: Tensor, centres: Tensor | None = None) -> Tensor:
    """Penalty-reduced focal loss of the heat maps (CornerNet eq. 1, alpha 2, beta 4).

    Args:
        logits: [B, C, H, W].
        target: [B, C, H, W] in 0..1, exactly 1 at centres.
        centres: what to divide by; their number in `target` by default.
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
    """Mean absolute error over the objects' channels; [B, K, C] and a mask [B, K].

    `objects` is the number to divide by, that of the mask by default.
    """
    weight = mask.unsqueeze(2).to(predicted.dtype)
    objects = mask.sum() if objects is None else objects
    return ((predicted - target).abs() * weight).sum() / (objects * predicted.shape[2] + 1e-4)


def gather_cells(maps: Tensor, index: Tensor) -> Tensor:
    """Read [B, C, H, W] at cells [B, K] (y * W + x); returns [B, K, C]."""
    flat = maps.flatten(2).transpose(1, 2)
    return flat.gather(1, index.unsqueeze(2).expand(-1, -1, flat.shape[2]))


class FairMOTLoss(IdentityTerms):
    """All terms of the heat-map architectures, with the trainable loss weights."""

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
        look_weight: float = 1.0,
        contrast_weight: float = 0.0,
        looks: Tensor | None = None,
    ) -> None:
        """Create the loss; `fixed_id_weight` applies with `weighting` fixed.

        `contrast_weight` and `looks` are those of IdentityTerms.

        Raises:
            ValueError: on an unknown weighting.
        """
        super().__init__(reid_dim, num_identities, contrast_weight=contrast_weight, looks=looks)
        if weighting not in WEIGHTINGS:
            raise ValueError(f'loss weighting must be one of {WEIGHTINGS}, got {weighting!r}')
        self.weighting = weighting
        self.hm_weight, self.wh_weight, self.reg_weight = hm_weight, wh_weight, reg_weight
        self.id_weight, self.fixed_id_weight = id_weight, fixed_id_weight
        self.look_weight = look_weight
        self.s_det = nn.Parameter(torch.tensor(-1.85))
        self.s_id = nn.Parameter(torch.tensor(-1.05))

    def forward(
        self, output: dict[str, Tensor], batch: dict[str, Tensor], totals: Tensor | None = None
    ) -> dict[str, Tensor]:
        """Return the terms and their sum under ``loss``.

        Args:
            output: the network's raw maps.
            batch: stacked `Targets`.
            totals: where the batch is one part of a larger one, the totals of that: the terms
                of all parts then add up to those of the whole.
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
        """Return the same from the raw ``hm`` and the other heads at the objects' cells.

        Args:
            heat_maps: [B, classes, H, W].
            at_objects: ``wh``, ``id`` and ``reg``, each [B, K, channels].
            batch: stacked `Targets`.
            totals: as for `forward`.
        """
        totals = count_totals(batch) if totals is None else totals
        centres, objects, known, parts = totals.float()
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
                + (self.s_det + self.s_id) / parts
            )
        look = self.look_loss(embeddings, batch, known)
        loss = loss + self.look_weight * look
        return {'loss': loss, 'hm': hm, 'wh': wh, 'reg': reg, 'id': identity, 'look': look}
