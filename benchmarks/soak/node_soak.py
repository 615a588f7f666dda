# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Memory, descriptors, threads and latency of a real node, minute by minute.

A camera sends the shipped clips at 30 images per second over DDS, with stamps of now; people come
and go, and the gallery is on. Figures are written after every minute, also of an interrupted run.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import rclpy
from sensor_msgs.msg import Image
from std_msgs.msg import Header
from tqdm import tqdm
from vision_msgs.msg import Detection2DArray

from benchmarks.calibration import calibrate
from benchmarks.node_camera import Camera, camera_of_node
from benchmarks.soak.minutes import (
    MINUTE,
    RATE,
    SETTLING,
    Minute,
    latency_ratio,
    memory_slope,
    save,
)
from benchmarks.soak.minutes_plot import plot
from benchmarks.soak.process_usage import usage_of
from benchmarks.soak.visitors import visits
from fairmot_ros.ros.conversions.images import from_bgr


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of this part."""
    parser.add_argument('--minutes', type=int, default=30, help='to run (default: 30)')
    parser.add_argument(
        '--output', type=Path, default=Path('out/soak'), help='folder for soak.csv and soak.png'
    )


class VisitedCamera(Camera):
    """Sends `visits`, and notes the largest track id."""

    def __init__(self, context: rclpy.Context) -> None:
        super().__init__(context)
        self.last_id = 0

    def images(self) -> Iterator[Image]:
        """Return the images to send, without end."""
        return (from_bgr(image, Header()) for image in visits())

    def _on_result(self, message: Detection2DArray) -> None:
        super()._on_result(message)
        self.last_id = max([self.last_id, *(int(d.id) for d in message.detections)])


def run(options: argparse.Namespace) -> None:
    """Run the node, and print and write its figures."""
    options.output.mkdir(parents=True, exist_ok=True)
    minutes: list[Minute] = []
    with camera_of_node(VisitedCamera, parameters={'gallery': True}) as camera:
        camera.wait_for_node()
        print(
            f'  {"minute":>6}{"MB":>8}{"files":>7}{"threads":>9}{"results":>9}{"p50":>8}{"p95":>8}'
        )
        images = int(MINUTE * RATE)
        with tqdm(total=options.minutes * images, unit='image', leave=False) as progress:
            for number in range(1, options.minutes + 1):
                minutes.append(measure(camera, number, progress))
                save(minutes, options.output / 'soak.csv')
                m = minutes[-1]
                progress.write(
                    f'  {m.minute:6}{m.memory:8.1f}{m.descriptors:7}{m.threads:9}'
                    f'{m.results:9}{m.p50:8.1f}{m.p95:8.1f}',
                    file=sys.stdout,
                )
    plot({'soak': minutes}, options.output / 'soak.png')
    print(summary(minutes))


def measure(camera: VisitedCamera, number: int, progress: tqdm) -> Minute:
    """Send images for a minute; return its figures."""
    assert camera.node is not None
    calibration = calibrate()
    ages = 1e3 * np.array(camera.overload(RATE, MINUTE, progress))
    if camera.node.process.poll() is not None:
        raise RuntimeError(f'the node ended in minute {number}:\n{camera.node.last_lines()}')
    usage = usage_of(camera.node.process.pid)
    p50, p95 = np.percentile(ages, [50, 95]) if len(ages) else (float('nan'), float('nan'))
    return Minute(
        number,
        usage.memory,
        usage.descriptors,
        usage.threads,
        int(MINUTE * RATE),
        len(ages),
        float(p50),
        float(p95),
        calibration,
        camera.last_id,
    )


def summary(minutes: list[Minute]) -> str:
    """Return what the figures say about growth, in three lines."""
    first, last = minutes[0], minutes[-1]
    return '\n'.join(
        (
            f'  memory after {SETTLING} minutes: {memory_slope(minutes):+.2f} MB per hour',
            f'  descriptors {first.descriptors} to {last.descriptors}, '
            f'threads {first.threads} to {last.threads}',
            '  median age of results, last minute / first, each by its calibration: '
            f'{latency_ratio(minutes):.3f}',
        )
    )
