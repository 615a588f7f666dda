# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Differences between what a device computes and what torch computes on the CPU in float32."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from benchmarks.gpu.networks import Workload, clip_images
from benchmarks.gpu.variants import VARIANTS, Variant, make_detector
from fairmot_ros.detector.detector import find_weights
from fairmot_ros.detector.engines import EngineOptions
from fairmot_ros.detector.engines.device_input import DeviceInput
from fairmot_ros.detector.engines.devices import choose_device, free_device_memory
from fairmot_ros.detector.engines.host_input import HostInput
from fairmot_ros.detector.engines.torch_engine import TorchEngine
from fairmot_ros.network import load_checkpoint
from fairmot_ros.network.predictions import Candidates, Predictions

Row = dict[str, Any]

#: Boxes and embeddings are compared in so many cells with the highest reference scores.
COMPARED_CELLS = 100
#: Largest differences by precision: score, box as a share of its size, 1 - cosine of embeddings.
#: Random weights amplify rounding as no trained network does: beyond fp32, only the default
#: network has limits.
LIMITS = {
    'fp32': (2e-3, 5e-3, 2e-3),
    'tf32': (3e-2, 0.2, 3e-2),
    'fp16': (3e-2, 0.2, 3e-2),
    'bf16': (0.3, 0.6, 0.1),
}
COLUMNS = ('score', 'box', '1 - cosine')
GREY_LEVELS = 1.001  # between the scaled images, of 255


def scaling_parity(load: Workload) -> list[Row]:
    """Return the differences between images scaled by the device and by OpenCV, in grey levels."""
    on_device = DeviceInput(load.parity_size, True, choose_device(load.device))
    on_host = HostInput(load.parity_size, channels_last=True)
    rows = []
    for size in load.image_sizes:
        images = clip_images(2, size)
        with torch.inference_mode():
            difference = 255 * np.abs(on_device(images).cpu().numpy() - on_host(images))
        rows.append(
            {
                'image': f'{size[0]} x {size[1]}',
                'grey levels': float(difference.max()),
                'share of values': float((difference > 0.5).mean()),
                'kept': bool(difference.max() <= GREY_LEVELS),
            }
        )
    return rows


def parity(load: Workload) -> list[Row]:
    """Return the differences of every network in every variant."""
    rows = []
    for name in load.parity_networks:
        images = clip_images(2, load.parity_size)  # of the input's size: nothing is scaled
        network = load_checkpoint(find_weights(load.weights(name)))
        options = EngineOptions('cpu', 'fp32', load.parity_size)
        with torch.inference_mode():
            expected = TorchEngine(network, options, copy=False)(images)
            for variant in VARIANTS:
                if variant.engine == 'torch' or name in load.speed_networks:
                    rows.append(compare(variant, load, name, expected, images))
        free_device_memory()
    return rows


def compare(
    variant: Variant, load: Workload, name: str, expected: Predictions, images: list[np.ndarray]
) -> Row:
    """Return the differences of one network in one variant, or why there are none."""
    row: Row = {'network': name, 'variant': str(variant)}
    try:
        got = make_detector(variant, load, name, load.parity_size)._engine(images)
    except ValueError as error:
        return {**row, 'not available here': str(error)}
    row |= differences(expected, got, len(images))
    if variant.precision == 'fp32' or name == 'default':
        limits = LIMITS[variant.precision]
        row['kept'] = all(row[key] <= limit for key, limit in zip(COLUMNS, limits, strict=True))
    return row


def differences(expected: Predictions, got: Predictions, count: int) -> dict[str, float]:
    """Return the largest differences over a batch, see LIMITS."""
    scores, boxes, cosines = [0.0], [0.0], [0.0]
    for row in range(count):
        best: list[Candidates] = []
        for a, b in zip(expected.levels, got.levels, strict=True):
            values, other = a.scores[row].flatten(), b.scores[row].flatten().cpu()
            scores.append(float((values - other).abs().max()))
            cells = values.sort(descending=True, stable=True).indices[:COMPARED_CELLS]
            cells = cells % a.scores[0, 0].numel()
            there = b.boxes_at(row, cells.to(b.scores.device)).cpu()
            here = a.boxes_at(row, cells)
            sides = (here[:, 2:] - here[:, :2]).abs().amax(1).clamp(min=a.stride)
            boxes.append(float(((here - there).abs().amax(1) / sides).max()))
            best.append(Candidates(here, values[cells], cells, cells))
        chosen = Candidates.joined(best).best(COMPARED_CELLS)
        embeddings = expected.embeddings_at(row, chosen.boxes_xyxy, chosen.cells)
        device = got.levels[0].scores.device
        others = got.embeddings_at(row, chosen.boxes_xyxy.to(device), chosen.cells.to(device))
        if embeddings is not None and others is not None:
            cosines.append(float((1 - (embeddings * others.cpu()).sum(1)).max()))
    return dict(zip(COLUMNS, (max(scores), max(boxes), max(cosines)), strict=True))
