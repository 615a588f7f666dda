# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Transformations of a network for inference; it cannot be trained afterwards."""

from __future__ import annotations

from typing import TypeVar

import torch
from torch import nn
from torch.nn.utils import fuse_conv_bn_eval

from fairmot_ros.network.csp import Focus

N = TypeVar('N', bound=nn.Module)


@torch.no_grad()
def fuse_batch_norms(network: N) -> N:
    """Fold every batch norm that directly follows a plain convolution into it, in place.

    The result is the same up to rounding, and faster; it can no longer be trained or saved.
    Pairs are recognised where a module has both under the names ``conv`` and ``bn``, or
    ``convN`` and ``bnN``, or one after the other in a Sequential.
    """
    for module in list(network.modules()):
        children = dict(module.named_children())
        for name, norm in children.items():
            if not isinstance(norm, nn.BatchNorm2d):
                continue
            conv_name = _convolution_before(module, name, list(children))
            convolution = children.get(conv_name)
            if isinstance(convolution, nn.Conv2d):
                setattr(module, conv_name, fuse_conv_bn_eval(convolution, norm))
                setattr(module, name, nn.Identity())
    return network


def optimise_for_inference(network: N) -> N:
    """Fold batch norms and reorder the inputs of `Focus`, in place; the results stay the same."""
    fuse_batch_norms(network)
    for module in network.modules():
        if isinstance(module, Focus):
            module.order_by_channel()
    return network


def _convolution_before(module: nn.Module, norm: str, names: list[str]) -> str:
    if isinstance(module, nn.Sequential):
        position = names.index(norm)
        return names[position - 1] if position else ''
    return norm.replace('bn', 'conv')
