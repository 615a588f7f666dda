"""Networks as ONNX files, for ONNX Runtime and what reads its format."""

from __future__ import annotations

import copy
import functools
import json
import warnings
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from fairmot_ros.detector.engines.named_maps import NamedMaps
from fairmot_ros.detector.engines.onnx_metadata import METADATA
from fairmot_ros.network.base import Network
from fairmot_ros.network.deform_conv import DeformConv2d, deform_conv2d
from fairmot_ros.network.fuse import optimise_for_inference
from fairmot_ros.written_files import replacing

OPSET = 19  # the first with DeformConv


class ExportError(RuntimeError):
    """A network that cannot be exported here; the message says why."""


@functools.cache
def _deform_conv_operator() -> Any:
    """Return `deform_conv2d` as one operator, which a traced network calls as a whole."""

    def deform_conv(
        x: Tensor, offset: Tensor, mask: Tensor, weight: Tensor, bias: Tensor
    ) -> Tensor:
        return deform_conv2d(x, offset, mask, weight, bias)

    def shape_alone(
        x: Tensor, offset: Tensor, mask: Tensor, weight: Tensor, bias: Tensor
    ) -> Tensor:
        return x.new_empty(x.shape[0], weight.shape[0], *x.shape[2:])

    schema = '(Tensor x, Tensor offset, Tensor mask, Tensor weight, Tensor bias) -> Tensor'
    operator = torch.library.custom_op(
        'fairmot_ros::deform_conv', deform_conv, mutates_args=(), schema=schema
    )
    operator.register_fake(shape_alone)
    return torch.ops.fairmot_ros.deform_conv.default


def export_onnx(network: Network, path: Path, input_size: tuple[int, int]) -> None:
    """Write a network as an ONNX file.

    Its input is ``images``, float32 [B, 3, H, W], RGB in 0..1, of any B; its outputs are the
    whole maps. What is known of the model is in the metadata ``fairmot_ros``, as JSON.

    Args:
        network: stays as it is.
        path: of the file.
        input_size: (width, height), multiples of 32.

    Raises:
        ExportError: if onnx or onnxscript is not installed.
    """
    try:
        from onnxscript import opset19
    except ImportError as error:
        raise ExportError('exporting needs the packages onnx and onnxscript') from error

    def deform_conv(x, offset, mask, weight, bias):  # type: ignore[no-untyped-def]
        return opset19.DeformConv(
            x, weight, offset, bias, mask, kernel_shape=[3, 3], pads=[1, 1, 1, 1]
        )

    operator = _deform_conv_operator()
    own = copy.deepcopy(network).cpu().eval()
    traced = NamedMaps.whole(optimise_for_inference(own))
    for module in traced.modules():
        if isinstance(module, DeformConv2d):
            module.convolve = operator
    width, height = input_size
    with warnings.catch_warnings():
        warnings.simplefilter('ignore', FutureWarning)  # torch's, about itself
        program = torch.onnx.export(
            traced,
            (torch.zeros(2, 3, height, width),),
            dynamo=True,
            opset_version=OPSET,
            input_names=['images'],
            output_names=traced.names,
            verbose=False,
            dynamic_shapes={'images': {0: torch.export.Dim('batch')}},
            custom_translation_table={operator: deform_conv},
        )
    assert program is not None
    # The exporter's notes hold stack traces with the paths of this machine.
    program.model.graph.metadata_props.clear()
    for node in program.model.graph.all_nodes():
        node.metadata_props.clear()
    info = network.info
    program.model.metadata_props[METADATA] = json.dumps(
        {
            'architecture': info.architecture,
            'name': info.name,
            'sha256': info.sha256,
            'input_size': list(input_size),
            'labels': list(info.labels),
            'thresholds': dict(info.thresholds),
            'embedding_size': network.sizes.reid_dim,
        }
    )
    with replacing(path) as partial:
        program.save(partial, external_data=False)
