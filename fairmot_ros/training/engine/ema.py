"""Running average of a network's weights: steadier than the last step's."""

from __future__ import annotations

import copy

import torch

from fairmot_ros.network.base import Network


class WeightAverage:
    """Exponential moving average of parameters and buffers.

    Attributes:
        network: the averaged copy, in evaluation mode.
    """

    def __init__(self, network: Network, decay: float) -> None:
        self.network = copy.deepcopy(network).eval()
        self.decay = decay
        self.updates = 0

    @torch.no_grad()
    def update(self, network: Network) -> None:
        """Move the average towards `network`; quickly at first, as the start is random."""
        self.updates += 1
        decay = min(self.decay, (1 + self.updates) / (10 + self.updates))
        current = network.state_dict()
        for key, average in self.network.state_dict().items():
            if average.is_floating_point():
                average.lerp_(current[key], 1 - decay)
            else:
                average.copy_(current[key])
