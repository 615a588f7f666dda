# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Set the statistics of batch norms from images; the output in evaluation mode is unchanged."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import torch
from torch import Tensor, nn

from fairmot_ros.network.base import Network


class _Moments:
    """Sums over the inputs of one batch norm, by channel."""

    def __init__(self, channels: int) -> None:
        self.count = 0
        self.sum = torch.zeros(channels, dtype=torch.float64)
        self.squares = torch.zeros(channels, dtype=torch.float64)

    def add(self, module: nn.Module, inputs: tuple[Tensor, ...]) -> None:
        values = inputs[0].detach().double().transpose(0, 1).flatten(1).cpu()  # [C, B * H * W]
        self.count += values.shape[1]
        self.sum += values.sum(1)
        self.squares += values.square().sum(1)

    def mean_and_variance(self) -> tuple[Tensor, Tensor]:
        mean = self.sum / self.count
        return mean, (self.squares / self.count - mean.square()).clamp(min=0)


@torch.no_grad()
def restore_batch_norms(network: Network, images: Iterable[Tensor]) -> None:
    """Measure the statistics of all batch norms, and undo their effect in weight and bias.

    A network whose batch norms were folded into its convolutions has batch norms that normalise
    nothing, and its output would change in training mode. Afterwards they are as if they
    had been trained on the images, while the output in evaluation mode stays the same.

    Args:
        network: in any mode, which is restored.
        images: batches, float32 [B, 3, H, W], RGB in 0..1; a few dozen images are enough.
    """
    norms = [m for m in network.modules() if isinstance(m, nn.BatchNorm2d)]
    moments = [_Moments(norm.num_features) for norm in norms]
    hooks: list[Any] = [
        norm.register_forward_pre_hook(moment.add) for norm, moment in zip(norms, moments)
    ]
    modes = {module: module.training for module in network.modules()}
    network.eval()
    try:
        for batch in images:
            network.whole_maps(batch)
    finally:
        for hook in hooks:
            hook.remove()
        for module, training in modes.items():
            module.training = training
    for norm, moment in zip(norms, moments):
        if moment.count:
            _restate(norm, *moment.mean_and_variance())


def _restate(norm: nn.BatchNorm2d, mean: Tensor, variance: Tensor) -> None:
    """Change the statistics of a batch norm, and its weight and bias so that it does the same."""
    assert norm.running_mean is not None and norm.running_var is not None
    old_mean, old_deviation = norm.running_mean.double(), _deviation(norm.running_var, norm.eps)
    slope = norm.weight.double() / old_deviation
    norm.bias.copy_(norm.bias.double() + slope * (mean.to(slope) - old_mean))
    norm.weight.copy_(slope * _deviation(variance.to(slope), norm.eps))
    norm.running_mean.copy_(mean)
    norm.running_var.copy_(variance)


def _deviation(variance: Tensor, epsilon: float) -> Tensor:
    return (variance.double() + epsilon).sqrt()
