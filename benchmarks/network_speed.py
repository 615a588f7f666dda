# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Time per image of the detector and its stages, in every engine, beside bare YOLOX-nano."""

from __future__ import annotations

import argparse
from importlib.util import find_spec

import numpy as np
import torch

from benchmarks.bare_yolox import FILE, BareYolox
from benchmarks.calibration import Work, in_turns
from fairmot_ros.cli.detector_options import add_detector_options
from fairmot_ros.detector import Detector
from fairmot_ros.detector.decode import decode_image
from fairmot_ros.detector.detector import find_weights
from fairmot_ros.detector.engines import ENGINES
from fairmot_ros.detector.engines.memory import keep_freed_memory
from fairmot_ros.detector.engines.registry import file_suffix
from fairmot_ros.detector.letterbox import letterbox

SHAPE = (576, 768, 3)  # of the image
YARDSTICK_SIZE = (640, 480)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of this part."""
    parser.add_argument(
        '--weights', nargs='+', default=['default'], help='checkpoints (default: the shipped one)'
    )
    add_detector_options(parser, 'device', 'precision', 'input_size', precision='fp32')
    parser.add_argument(
        '--engine',
        nargs='+',
        default=list(ENGINES),
        choices=ENGINES,
        help='engines (default: all)',
    )
    parser.add_argument('--repeats', type=int, default=40, help='calls of each stage')


def run(options: argparse.Namespace) -> None:
    """Measure and print."""
    keep_freed_memory()  # as the node does
    image = np.random.default_rng(0).integers(0, 256, SHAPE, dtype=np.uint8)
    works: dict[str, Work] = {}
    for weights in options.weights:
        for engine in engines_for(weights, options.device, options.engine):
            detector = Detector(
                weights,
                options.input_size,
                options.device,
                engine,
                options.precision,
            )
            works |= stages(detector, image)
    if FILE.is_file() and find_spec('openvino'):
        works |= yardstick(image)
    print(
        f'ms per image of {SHAPE[1]} x {SHAPE[0]}, {torch.get_num_threads()} threads, '
        'medians of calls that took turns'
    )
    medians = in_turns(works, options.repeats)
    for name, value in medians.items():
        kind = name.split(':')[0]
        ratio = value / medians[f'{kind}: {YARDSTICK}'] if f'{kind}: {YARDSTICK}' in medians else 0
        print(f'  {name:72}{value:9.2f}' + (f'{ratio:8.2f} x' if ratio else ''))


def engines_for(weights: str, device: str, wanted: list[str]) -> list[str]:
    """Return those of some engines that are installed and take a file."""
    suffix = file_suffix(find_weights(weights))
    return [
        name
        for name, kind in ENGINES.items()
        if name in wanted
        and suffix in kind.suffixes
        and not kind.why_unavailable()
        and (device in ('auto', *kind.devices))
    ]


YARDSTICK = f'bare YOLOX-nano in OpenVINO, {YARDSTICK_SIZE[0]} x {YARDSTICK_SIZE[1]}'


def yardstick(image: np.ndarray) -> dict[str, Work]:
    """Return the works of YOLOX-nano as it comes."""
    bare = BareYolox(YARDSTICK_SIZE, torch.get_num_threads())
    planes, _ = bare.planes(image)
    return {
        f'network: {YARDSTICK}': lambda: bare.network(planes),
        f'detector: {YARDSTICK}': lambda: bare(image),
    }


def stages(detector: Detector, image: np.ndarray) -> dict[str, Work]:
    """Return the works of a detector, by a name that begins with the stage."""
    boxed = letterbox(image, detector.input_size)  # of the input's size: the engine scales nothing
    predictions = detector._engine([boxed])

    def network() -> None:
        detector._engine([boxed]).levels[0].scores[0, 0, 0, 0].item()  # waits for a GPU

    def decoding() -> None:
        with torch.inference_mode():
            decode_image(predictions, 0, detector.max_detections, detector.score_threshold)

    width, height = detector.input_size
    title = f'{detector.model_name} in {detector.runtime}, {width} x {height}'
    return {
        f'letterbox: {title}': lambda: letterbox(image, detector.input_size),
        f'network: {title}': network,
        f'decoding: {title}': decoding,
        f'detector: {title}': lambda: detector(image),
    }
