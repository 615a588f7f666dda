# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Networks as ONNX files, for ONNX Runtime and what reads its format."""

from __future__ import annotations

import copy
import warnings
from pathlib import Path

import torch

from fairmot_ros.detector.engines.export_metadata import METADATA, write_metadata
from fairmot_ros.detector.engines.named_maps import NamedMaps
from fairmot_ros.detector.engines.operators import (
    call_deform_conv_operator,
    deform_conv_operator,
)
from fairmot_ros.detector.export_error import ExportError
from fairmot_ros.files.writing import replacing
from fairmot_ros.network.base import Network
from fairmot_ros.network.fuse import optimise_for_inference

OPSET = 19  # the first with DeformConv


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

    own = optimise_for_inference(copy.deepcopy(network).cpu().eval())
    call_deform_conv_operator(own)
    traced = NamedMaps.whole(own)
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
            custom_translation_table={deform_conv_operator(): deform_conv},
        )
    assert program is not None
    # The exporter's notes hold stack traces with the paths of this machine.
    program.model.graph.metadata_props.clear()
    for node in program.model.graph.all_nodes():
        node.metadata_props.clear()
    program.model.metadata_props[METADATA] = write_metadata(network, input_size)
    with replacing(path) as partial:
        program.save(partial, external_data=False)
