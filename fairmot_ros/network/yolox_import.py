# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Import the weights of YOLOX-nano from its ONNX file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from fairmot_ros.files.errors import reason_of
from fairmot_ros.network.base import SIZE_MULTIPLE
from fairmot_ros.network.checkpoint_content import CheckpointError
from fairmot_ros.network.csp import Conv
from fairmot_ros.network.registry import create_network
from fairmot_ros.network.yolox import YoloxNano

COCO_CLASSES = 80
PERSON = {0: 'person'}  # class of the file -> label
PIXEL_RANGE = 255.0  # YOLOX takes BGR in 0..255, the networks of this package RGB in 0..1


def import_yolox_nano(path: Path, classes: dict[int, str] = PERSON) -> YoloxNano:
    """Return the network of an ONNX file, without an embedding branch, in evaluation mode.

    Batch norms are folded into the file's convolutions. They are put back such that they only add
    the bias, and the input convention is folded into the first convolution.

    Args:
        path: YOLOX-nano as YOLOX exports it: input BGR in 0..255, 80 classes of COCO.
        classes: those to keep, with their labels.

    Raises:
        CheckpointError: if the file is another network or unreadable, or onnx is missing.
    """
    network = create_network('yolox_nano', num_classes=len(classes), reid_dim=0)
    assert isinstance(network, YoloxNano)
    network.info = type(network.info)('yolox_nano', 'yolox_nano', labels=tuple(classes.values()))
    layers = _layers_in_order(network.eval())
    weights = _read_convolutions(path)
    if len(weights) != len(layers):
        raise CheckpointError(
            f'{path} is not YOLOX-nano: it has {len(weights)} convolutions, expected {len(layers)}'
        )
    for layer, (weight, bias) in zip(layers, weights, strict=True):
        if len(weight) == COCO_CLASSES:
            weight, bias = weight[list(classes)], bias[list(classes)]
        convolution = layer.conv if isinstance(layer, Conv) else layer
        assert isinstance(convolution, nn.Conv2d)
        if weight.shape != convolution.weight.shape:
            raise CheckpointError(
                f'{path} is not YOLOX-nano: a convolution has weights {list(weight.shape)}, '
                f'expected {list(convolution.weight.shape)}'
            )
        _fill(layer, weight, bias)
    take_rgb_in_unit_range(network)
    return network


def take_rgb_in_unit_range(network: YoloxNano) -> None:
    """Fold the input convention of this package into a network made for BGR in 0..255."""
    weight = network.backbone.stem.conv.conv.weight
    with torch.no_grad():  # four corners of 2 x 2 pixels, three colours each
        weight.copy_(weight.unflatten(1, (4, 3)).flip(2).flatten(1, 2) * PIXEL_RANGE)


def _layers_in_order(network: YoloxNano) -> list[nn.Module]:
    """Return the convolutions in the order in which they run, which is that of the file."""
    layers: list[nn.Module] = []

    def note(module: nn.Module, *_: Any) -> None:
        layers.append(module)

    inside = {m.conv for m in network.modules() if isinstance(m, Conv)}
    hooks = [
        module.register_forward_hook(note)
        for module in network.modules()
        if isinstance(module, Conv) or (isinstance(module, nn.Conv2d) and module not in inside)
    ]
    with torch.inference_mode():
        network(torch.zeros(1, 3, SIZE_MULTIPLE, SIZE_MULTIPLE))
    for hook in hooks:
        hook.remove()
    return layers


def _read_convolutions(path: Path) -> list[tuple[Tensor, Tensor]]:
    """Return weight and bias of all convolutions of an ONNX file, in their order."""
    try:
        import onnx
        from onnx import numpy_helper
    except ImportError as error:
        raise CheckpointError('importing needs the package onnx: pip install onnx') from error
    if not path.is_file():
        raise CheckpointError(f'no network at {path}: expected the ONNX file of YOLOX-nano')
    try:
        graph = onnx.load(path).graph
        arrays = {i.name: torch.tensor(numpy_helper.to_array(i)) for i in graph.initializer}
        return [
            (arrays[node.input[1]], arrays[node.input[2]])
            for node in graph.node
            if node.op_type == 'Conv'
        ]
    except Exception as error:  # the parser's exceptions have no common base
        raise CheckpointError(f'{path} is not a readable ONNX file: {reason_of(error)}') from error


@torch.no_grad()
def _fill(layer: nn.Module, weight: Tensor, bias: Tensor) -> None:
    """Give a layer the weights of a convolution whose batch norm was folded in."""
    if isinstance(layer, Conv):
        layer.conv.weight.copy_(weight)
        norm = layer.bn
        norm.weight.fill_(1.0)
        norm.bias.copy_(bias)
        norm.running_mean.zero_()  # type: ignore[union-attr]
        norm.running_var.fill_(1.0 - norm.eps)  # type: ignore[union-attr]
    else:
        assert isinstance(layer, nn.Conv2d) and layer.bias is not None
        layer.weight.copy_(weight)
        layer.bias.copy_(bias)
