"""Time per image of the detector and of its stages."""

from __future__ import annotations

import argparse

import numpy as np
import torch

from benchmarks import input_size
from benchmarks.calibration import milliseconds
from fairmot_ros.detector import Detector
from fairmot_ros.detector.decode import decode_image
from fairmot_ros.detector.letterbox import letterbox


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of this part."""
    parser.add_argument('--weights', default='default', help='checkpoint of the detector')
    parser.add_argument('--device', default='auto', help='auto, cpu or cuda')
    parser.add_argument(
        '--input-size',
        type=int,
        nargs=2,
        metavar=('W', 'H'),
        default=None,
        help="of the network (default: the model's own)",
    )
    parser.add_argument('--repeats', type=int, default=20, help='calls of each stage')


def run(options: argparse.Namespace) -> None:
    """Measure and print."""
    report(options.weights, options.device, input_size(options.input_size), options.repeats)


def report(weights: str, device: str, input_size: tuple[int, int] | None, repeats: int) -> None:
    """Print a table for a 1080p image."""
    detector = Detector(weights, device=device, input_size=input_size)
    image = np.random.default_rng(0).integers(0, 256, (1080, 1920, 3), dtype=np.uint8)
    boxed = letterbox(image, detector.input_size)
    predictions = detector._engine([boxed])

    def network() -> None:
        detector._engine([boxed]).levels[0].scores.sum().item()  # waits for a GPU to finish

    def decoding() -> None:
        with torch.inference_mode():
            decode_image(predictions, 0, detector.max_detections, detector.score_threshold)

    width, height = detector.input_size
    print(
        f'{detector.model_name} in {detector.engine} on {detector.device} ({detector.precision}), '
        f'{width} x {height}, '
        f'{torch.get_num_threads()} threads, ms per 1080p image'
    )
    for name, work in (
        ('letterbox', lambda: letterbox(image, detector.input_size)),
        ('network', network),
        ('decode', decoding),
        ('whole detector', lambda: detector(image)),
    ):
        print(f'  {name:16}{milliseconds(work, repeats):9.2f}')
