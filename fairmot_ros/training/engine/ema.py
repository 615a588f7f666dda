# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Exponential moving average (EMA) of the weights of a network."""

from __future__ import annotations

import copy

import torch

from fairmot_ros.network.base import Network


class WeightAverage:
    """Exponential moving average of parameters and buffers.

    Attributes:
        network: averaged copy of the network, in evaluation mode.
        decay: decay per update; lower during the first updates.
        updates: number of updates so far.
    """

    def __init__(self, network: Network, decay: float) -> None:
        self.network = copy.deepcopy(network).eval()
        self.decay = decay
        self.updates = 0

    @torch.no_grad()
    def update(self, network: Network) -> None:
        """Update the average; a lower decay in the first updates lets the initial weights fade."""
        self.updates += 1
        decay = min(self.decay, (1 + self.updates) / (10 + self.updates))
        current = network.state_dict()
        for key, average in self.network.state_dict().items():
            if average.is_floating_point():
                average.lerp_(current[key], 1 - decay)
            else:
                average.copy_(current[key])
