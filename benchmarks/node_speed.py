# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Time of the detector inside the node, compared with a bare loop in a fresh process.

Both run in turns on the same images of 768 x 576 pixels. The node gets each image over DDS once it
has answered the last one; its times are those of the stage `detect` on `~/timing`.
"""

from __future__ import annotations

import argparse

import numpy as np
from tqdm import tqdm

from benchmarks.bare_loop import BareLoop
from benchmarks.node_camera import Camera, camera_of_node
from fairmot_ros.cli.detector_options import add_detector_options
from fairmot_ros.msg import Timing

LARGEST_RATIO = 1.05


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of this part."""
    add_detector_options(parser, 'weights', 'device', 'engine')
    parser.add_argument('--rounds', type=int, default=30, help='turns of each (default: 30)')
    parser.add_argument('--images', type=int, default=10, help='images of a turn (default: 10)')


def run(options: argparse.Namespace) -> None:
    """Measure and print."""
    report(options.weights, options.device, options.engine, options.rounds, options.images)


def report(weights: str, device: str, engine: str, rounds: int, images: int) -> None:
    """Print both medians and their ratio."""
    parameters = {'weights': weights, 'device': device, 'engine': engine}
    bare: list[list[float]] = []
    with camera_of_node(Camera, parameters=parameters) as camera:
        camera.wait_for_node()
        with (
            BareLoop(weights, device, engine) as loop,
            tqdm(total=2 * rounds * images, unit='image', leave=False) as progress,
        ):
            for _ in range(rounds):
                bare.append(loop.run(images))
                progress.update(images)
                for _ in range(images):
                    camera.exchange()
                    progress.update()
        timing = camera.final_timing()
    print_table(np.array(bare), timing)


def print_table(bare: np.ndarray, timing: Timing) -> None:
    """Print the medians; `bare` holds seconds, [rounds, images]."""
    (detect,) = (stage for stage in timing.stages if stage.stage == 'detect')
    turns = 1e3 * np.median(bare, axis=1)
    middle = float(np.median(bare))
    print('node: median time of the detector, ms per image of 768 x 576')
    print(
        f'  bare loop in a process of its own{1e3 * middle:9.2f}  ({bare.size} images; '
        f'from turn to turn {turns.min():.2f} to {turns.max():.2f})'
    )
    print(f'  stage `detect` of the node       {1e3 * detect.p50:9.2f}  ({detect.samples} images)')
    print(f'  ratio {detect.p50 / middle:.3f} (at most {LARGEST_RATIO} is expected)')
    others = (s for s in timing.stages if s is not detect)
    print('  other stages: ' + ', '.join(f'{s.stage} {1e3 * s.p50:.2f}' for s in others))
