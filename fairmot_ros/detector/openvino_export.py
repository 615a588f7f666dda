# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Networks as OpenVINO files, in float32 or quantised to int8."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from fairmot_ros.detector.engines.base import Image
from fairmot_ros.detector.engines.export_metadata import (
    METADATA,
    WEIGHTS_HASH,
    hash_of_file,
    write_metadata,
)
from fairmot_ros.detector.engines.host_input import HostInput
from fairmot_ros.detector.export_error import ExportError
from fairmot_ros.detector.quantization import quantise
from fairmot_ros.files.writing import replacing
from fairmot_ros.network.base import Network
from fairmot_ros.network.fuse import optimise_for_inference
from fairmot_ros.network.registry import ARCHITECTURES


def export_openvino(
    network: Network,
    path: Path,
    input_size: tuple[int, int],
    calibration: Sequence[Image] | None = None,
) -> None:
    """Write a network as an OpenVINO model: an .xml file, and its weights as .bin beside it.

    Its input is ``images``, float32 [1, 3, H, W], RGB in 0..1; its outputs are the whole maps.
    What is known of the model is in its runtime information ``fairmot_ros``, as JSON.

    Args:
        network: stays as it is.
        path: of the .xml file.
        input_size: (width, height), multiples of 32.
        calibration: images, uint8 [H, W, 3] each, of any sizes; with them, the file computes in
            int8, except for the network's float32 modules.

    Raises:
        ExportError: if OpenVINO, or NNCF for int8, is not installed.
    """
    if find_spec('openvino') is None:
        raise ExportError('an .xml file needs OpenVINO: pip install openvino')
    from fairmot_ros.detector.engines.openvino_conversion import convert
    from fairmot_ros.detector.engines.openvino_core import save_model

    own = optimise_for_inference(copy.deepcopy(network).cpu().eval())
    model: Any = convert(own, input_size, whole=True)
    precision = 'fp32'
    if calibration is not None:
        enlarge = ARCHITECTURES[network.info.architecture].enlarge_images
        model, precision = quantise(model, calibration, HostInput(input_size, enlarge)), 'int8'
    model.set_rt_info(write_metadata(network, input_size, precision), METADATA)

    def save(destination: Path) -> Path:
        save_model(model, destination, path)
        return destination.with_suffix('.bin')

    weights = path.with_suffix('.bin')
    # The weights first: a model is found by its .xml file.
    with replacing(path) as partial, replacing(weights) as partial_weights:
        written = partial.with_name(f'{partial.name}.xml')
        try:
            model.set_rt_info(hash_of_file(save(written)), WEIGHTS_HASH)
            save(written).replace(partial_weights)
            written.replace(partial)
        finally:
            for left in (written, written.with_suffix('.bin')):
                left.unlink(missing_ok=True)
