# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Time of the detector by the number of its threads and of those of OpenCV and BLAS.

Every variant has a process of its own. They take turns in random order, and each turn is compared
with the default's turn of the same round. `default again` shows the spread of equal processes.
"""

from __future__ import annotations

import argparse
import random
from contextlib import ExitStack

import numpy as np
from tqdm import tqdm

from benchmarks.bare_loop import BareLoop
from fairmot_ros.cli.detector_options import add_detector_options

IMAGES = 4  # of a turn; the first one does not count
DEFAULT = 'default'
#: Threads of the detector (0 is automatic), and environment variables.
VARIANTS: dict[str, tuple[int, dict[str, str]]] = {
    DEFAULT: (0, {}),
    'default again': (0, {}),
    'threads: 1': (1, {}),
    'OpenCV with 1 thread': (0, {'OPENCV_FOR_THREADS_NUM': '1'}),
    'BLAS with 1 thread': (0, {'OPENBLAS_NUM_THREADS': '1'}),
    'OpenMP does not spin': (0, {'OMP_WAIT_POLICY': 'PASSIVE'}),
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of this part."""
    add_detector_options(parser, 'weights', 'device', 'engine', device='cpu')
    parser.add_argument('--rounds', type=int, default=40, help='turns of each (default: 40)')


def run(options: argparse.Namespace) -> None:
    """Measure and print."""
    times: dict[str, list[float]] = {name: [] for name in VARIANTS}
    with ExitStack() as stack:
        loops = {
            name: stack.enter_context(
                BareLoop(options.weights, options.device, options.engine, threads, environment)
            )
            for name, (threads, environment) in VARIANTS.items()
        }
        for _ in tqdm(range(options.rounds), unit='round', leave=False):
            for name in random.sample(list(loops), len(loops)):
                times[name].append(float(np.median(loops[name].run(IMAGES)[1:])))
    print(f'threads: engine {options.engine}, ms per image, ratio to the default (quartiles)')
    for name, values in times.items():
        low, middle, high = np.quantile(np.divide(values, times[DEFAULT]), (0.25, 0.5, 0.75))
        print(f'  {name:24}{1e3 * np.median(values):8.1f}{middle:8.2f} ({low:.2f} to {high:.2f})')
