"""What a forward pass saw, as the decoder reads it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

import torch
from torch import Tensor

from fairmot_ros.network.heads import HEADS_AT_PEAKS, FairMOTNetwork


class Maps(Protocol):
    """Heat maps, and the other heads where they are asked for.

    Attributes:
        hm: raw heat maps, [B, classes, H / stride, W / stride].
    """

    hm: Tensor

    def at(self, row: int, cells: Tensor) -> dict[str, Tensor]:
        """Return ``wh``, ``id`` and ``reg``, [N, channels], of an image at cells, int64 [N]."""
        ...


class WholeMaps:
    """All heads, computed everywhere."""

    def __init__(self, output: Mapping[str, Tensor]) -> None:
        """Take raw maps [B, C, H / stride, W / stride], see `FairMOTNetwork.forward`."""
        self.hm = output['hm']
        self._output = output

    def at(self, row: int, cells: Tensor) -> dict[str, Tensor]:
        return {name: self._output[name][row].flatten(1)[:, cells].t() for name in HEADS_AT_PEAKS}


class MapsOnDemand:
    """The heat maps and the features, from which the other heads follow.

    Boxes and embeddings are wanted at a few dozen of some twenty thousand cells; to compute
    them everywhere takes about a third of the time of a light network.
    """

    def __init__(self, network: FairMOTNetwork, features: Tensor) -> None:
        """Take what `network.features` returned."""
        self.hm = network.heat_maps(features)
        self._network, self._features = network, features

    @torch.inference_mode()
    def at(self, row: int, cells: Tensor) -> dict[str, Tensor]:
        features = self._features[row : row + 1]
        heads = self._network.heads_at(features, cells[None])
        return {name: values[0] for name, values in heads.items()}
