"""Folding batch norms into the convolutions before them, for inference."""

from __future__ import annotations

from typing import TypeVar

import torch
from torch import nn
from torch.nn.utils import fuse_conv_bn_eval

N = TypeVar('N', bound=nn.Module)


@torch.no_grad()
def fuse_batch_norms(network: N) -> N:
    """Fold every batch norm that directly follows a plain convolution into it, in place.

    The result is the same up to rounding, and quicker; it can no longer be trained or saved.
    Pairs are found where a module holds both under the names ``conv`` and ``bn``, or
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


def _convolution_before(module: nn.Module, norm: str, names: list[str]) -> str:
    if isinstance(module, nn.Sequential):
        position = names.index(norm)
        return names[position - 1] if position else ''
    return norm.replace('bn', 'conv')
