# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Operations and bytes of a network, counted while it runs once."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from fairmot_ros.network.base import Network
from fairmot_ros.network.deform_conv import TAPS, DeformConv2d

BYTES = 4  # of a float32
#: Operations of one bilinear sample of a channel: four products and three sums, and the mask.
SAMPLE_OPERATIONS = 8


@dataclass
class Cost:
    """Least work of a part of a network.

    Attributes:
        operations: multiplications and additions of its convolutions.
        size: bytes of the convolutions' inputs, outputs and weights in float32.
    """

    operations: float = 0.0
    size: float = 0.0

    def __add__(self, other: Cost) -> Cost:
        return Cost(self.operations + other.operations, self.size + other.size)


@torch.inference_mode()
def count(network: Network, input_size: tuple[int, int]) -> dict[str, Cost]:
    """Return the cost of each part, a direct submodule, of what an engine computes of a network.

    Args:
        network: in evaluation mode.
        input_size: (width, height).
    """
    costs: dict[str, Cost] = defaultdict(Cost)
    hooks = []
    for name, module in network.named_modules():
        if not isinstance(module, (nn.Conv2d, nn.ConvTranspose2d, DeformConv2d)):
            continue
        part = name.split('.')[0]

        def add(module: Any, inputs: Any, output: Tensor, part: str = part) -> None:
            costs[part] += _cost(module, inputs[0], output)

        hooks.append(module.register_forward_hook(add))
    width, height = input_size
    network.dense(network.features(torch.zeros(1, 3, height, width)))
    for hook in hooks:
        hook.remove()
    return dict(costs)


def _cost(module: Any, x: Tensor, output: Tensor) -> Cost:
    """Return the cost of a convolution; the offsets of a deformable one count by themselves."""
    weights = module.weight.numel()
    pixels = x if isinstance(module, nn.ConvTranspose2d) else output
    operations = 2.0 * weights * pixels.shape[2] * pixels.shape[3]
    if isinstance(module, DeformConv2d):
        operations += SAMPLE_OPERATIONS * TAPS * x.numel()
    return Cost(operations, BYTES * (x.numel() + output.numel() + weights))
