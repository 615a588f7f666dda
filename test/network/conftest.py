# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Weights that follow from the parameters' names, as in the recorded reference outputs."""

from __future__ import annotations

import math
import zlib
from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch import nn


def _values(key: str, shape: tuple[int, ...], gain: float) -> np.ndarray:
    random = np.random.RandomState(zlib.crc32(key.encode()))
    count = math.prod(shape)
    fan_in = math.prod(shape[1:]) or 1
    if 'running_mean' in key:
        return 0.1 * random.standard_normal(count)
    if 'running_var' in key:
        return 0.5 + random.random_sample(count)
    if 'conv_offset_mask' in key:
        values = 0.7 * random.standard_normal(count)
        return values / math.sqrt(fan_in) if key.endswith('weight') else values
    if len(shape) == 1 and key.endswith('weight'):
        return 0.8 + 0.4 * random.random_sample(count)
    if key.endswith('bias'):
        return 0.1 * random.standard_normal(count) - (2.19 if key == 'hm.2.bias' else 0.0)
    if len(shape) == 4 and '.up_' in key and shape[1] == 1:
        kernel = shape[2]
        half = math.ceil(kernel / 2)
        centre = (2 * half - 1 - half % 2) / (2 * half)
        ramp = 1 - np.abs(np.arange(kernel) / half - centre)
        bilinear = np.broadcast_to(np.outer(ramp, ramp), shape).ravel()
        return bilinear * (1 + 0.05 * random.standard_normal(count))
    return random.standard_normal(count) * math.sqrt(gain / fan_in)


@torch.no_grad()
def fill(network: nn.Module, gain: float = 1.6) -> nn.Module:
    """Overwrite all weights and statistics; returns the network in evaluation mode."""
    for key, value in network.state_dict().items():
        if not key.endswith('num_batches_tracked'):
            shape = tuple(value.shape)
            values = _values(key, shape, gain).astype(np.float32).reshape(shape)
            value.copy_(torch.from_numpy(values))
    return network.eval()


@pytest.fixture(scope='session')
def with_named_weights() -> Callable[..., nn.Module]:
    """The function that fills a network with weights made from its keys."""
    return fill
