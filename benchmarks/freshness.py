# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""How old results are while a camera sends more than the node can process."""

from __future__ import annotations

import argparse

import numpy as np
from tqdm import tqdm

from benchmarks.node_camera import Camera, camera_of_node


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of this part."""
    parser.add_argument('--minutes', type=int, default=10, help='to measure')
    parser.add_argument(
        '--load',
        type=float,
        default=2.0,
        help='what the camera sends, in times of what the node can process',
    )


def run(options: argparse.Namespace) -> None:
    """Measure and print."""
    report(options.minutes, options.load)


def report(minutes: int, load: float) -> None:
    """Print the ages of the results, minute by minute."""
    with camera_of_node(Camera) as camera:
        capacity = camera.capacity()
        rate = load * capacity
        print(
            f'freshness: the node can process {capacity:.1f} images per second; '
            f'the camera sends {load:g} times as many, {rate:.1f}'
        )
        print(f'  {"minute":>6}{"sent":>8}{"results":>9}{"p50 ms":>9}{"p95 ms":>9}{"p99 ms":>9}')
        medians = []
        with tqdm(total=minutes * int(rate * 60), unit='image', leave=False) as progress:
            for minute in range(1, minutes + 1):
                ages = 1e3 * np.array(camera.overload(rate, 60.0, progress))
                medians.append(np.median(ages))
                p50, p95, p99 = np.percentile(ages, [50, 95, 99])
                progress.write(
                    f'  {minute:6}{int(rate * 60):8}{len(ages):9}{p50:9.0f}{p95:9.0f}{p99:9.0f}'
                )
        print(
            f'  last minute / first minute: {medians[-1] / medians[0]:.2f}; '
            f'largest / smallest: {max(medians) / min(medians):.2f}'
        )
        if camera.timing is not None:
            t = camera.timing
            print(
                f'  by the node: {t.received} received, {t.processed} processed, '
                f'{t.dropped} dropped for a newer one'
            )
