# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Operators that a traced network calls as a whole, for converters to replace.

torch.export would decompose them into a hundred small ones, or leave no trace of them.
"""

from __future__ import annotations

import functools
from typing import Any

import torch
from torch import Tensor

from fairmot_ros.network.base import Network
from fairmot_ros.network.deform_conv import DeformConv2d, deform_conv2d

NAMESPACE = 'fairmot_ros'


@functools.cache
def deform_conv_operator() -> Any:
    """Return `deform_conv2d` as one operator."""

    def shape_alone(
        x: Tensor, offset: Tensor, mask: Tensor, weight: Tensor, bias: Tensor
    ) -> Tensor:
        return x.new_empty(x.shape[0], weight.shape[0], *x.shape[2:])

    schema = '(Tensor x, Tensor offset, Tensor mask, Tensor weight, Tensor bias) -> Tensor'
    return _register('deform_conv', deform_conv2d, shape_alone, schema)


@functools.cache
def boundary_operator() -> Any:
    """Return an operator that copies a tensor and carries a number, to mark a place in a graph."""

    def copy(x: Tensor, number: int) -> Tensor:
        return x.clone()

    def shape_alone(x: Tensor, number: int) -> Tensor:
        return torch.empty_like(x)

    return _register('boundary', copy, shape_alone, '(Tensor x, int number) -> Tensor')


def call_deform_conv_operator(network: Network) -> None:
    """Make all deformable convolutions of a network call the operator, in place."""
    for module in network.modules():
        if isinstance(module, DeformConv2d):
            module.convolve = deform_conv_operator()


def _register(name: str, compute: Any, shape_alone: Any, schema: str) -> Any:
    operator = torch.library.custom_op(
        f'{NAMESPACE}::{name}', compute, mutates_args=(), schema=schema
    )
    operator.register_fake(shape_alone)
    return getattr(getattr(torch.ops, NAMESPACE), name).default
