# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Post-training quantisation to int8 with NNCF."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any

from fairmot_ros.detector.engines.base import Image
from fairmot_ros.detector.engines.host_input import HostInput
from fairmot_ros.detector.engines.openvino_conversion import FLOAT32_NAME
from fairmot_ros.detector.export_error import ExportError


def quantise(model: Any, images_bgr: Sequence[Image], to_input: HostInput) -> Any:
    """Return a model whose operators compute in int8, except for the float32 modules.

    Args:
        model: of `openvino_conversion.convert`.
        images_bgr: uint8 [H, W, 3] each: they set the ranges of the activations.
        to_input: makes the model's input of an image.

    Raises:
        ExportError: if there are no images, or NNCF is not installed.
    """
    if not images_bgr:
        raise ExportError('int8 needs images for calibration, got none')
    try:
        import nncf
    except ImportError as error:
        raise ExportError('int8 needs the package nncf: pip install nncf') from error
    logging.getLogger('nncf').setLevel(logging.WARNING)
    kept = nncf.IgnoredScope(patterns=[f'^{FLOAT32_NAME}.*'], validate=False)
    return nncf.quantize(
        model,
        nncf.Dataset(images_bgr, lambda image: to_input([image])),
        preset=nncf.QuantizationPreset.MIXED,
        subset_size=len(images_bgr),
        ignored_scope=kept,
    )
