# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Wrap networks for tracing: tensors in, a tuple of tensors out."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn

from fairmot_ros.network.base import SIZE_MULTIPLE, Network


class NamedMaps(nn.Module):
    """A part of a network that returns its maps as a tuple.

    Attributes:
        names: of the maps, in the order of the tuple.
    """

    def __init__(self, network: Network, compute: Callable[[Tensor], dict[str, Tensor]]) -> None:
        """Wrap a function of the network from images to maps."""
        super().__init__()
        self.network = network
        self.eval()
        self._compute = compute
        with torch.inference_mode():
            self.names = list(compute(torch.zeros(1, 3, SIZE_MULTIPLE, SIZE_MULTIPLE)))

    def forward(self, images: Tensor) -> tuple[Tensor, ...]:
        """Return the maps of float32 [B, 3, H, W], RGB in 0..1."""
        return tuple(self._compute(images).values())

    @staticmethod
    def dense(network: Network) -> NamedMaps:
        """Return the maps that the network itself reads, see `Network.dense`."""
        return NamedMaps(network, lambda images: network.dense(network.features(images)))

    @staticmethod
    def whole(network: Network) -> NamedMaps:
        """Return the maps that can be read without the network, see `Network.whole_maps`."""
        return NamedMaps(network, network.whole_maps)
