# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Time of the node around the network: from receipt to publication, without detection.

A real node gets images of 1920 x 1080 pixels over DDS; 30 people per image come from a script
instead of a network. It is measured with and without the estimation of camera motion.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator
from itertools import cycle, islice

import cv2
from sensor_msgs.msg import Image
from std_msgs.msg import Header
from tqdm import tqdm

from benchmarks.calibration import calibrate
from benchmarks.node_camera import Camera, camera_of_node
from fairmot_ros.cli.shipped_clips import PEDESTRIANS
from fairmot_ros.media.video_source import VideoSource
from fairmot_ros.msg import StageTiming
from fairmot_ros.ros.conversions.images import from_bgr

SIZE = (1920, 1080)
RATE = 15.0
LARGEST = {'p50': 3.0, 'p95': 5.0}  # milliseconds, without camera motion
LARGEST_CAMERA_MOTION = 3.0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of this part."""
    parser.add_argument('--images', type=int, default=300, help='of each turn (default: 300)')


def run(options: argparse.Namespace) -> None:
    """Measure and print."""
    report(options.images)


def report(images: int) -> None:
    """Print the stages of the node with and without camera motion."""
    print(f'node around the network, {SIZE[0]} x {SIZE[1]} pixels, 30 people, {RATE:g} Hz, ms')
    totals = {}
    for name, estimated in (('without', False), ('with', True)):
        before = calibrate()
        stages = {s.stage: s for s in measure(images, estimated)}
        print(f'  {name} camera motion (calibration {before:.2f} and {calibrate():.2f} ms)')
        for stage in stages.values():
            print(f'    {stage.stage:12}{1e3 * stage.p50:8.2f}{1e3 * stage.p95:8.2f}')
        totals[name] = stages['total'], stages['detect']
    (plain, script), (whole, _) = totals['without'], totals['with']
    motion = 1e3 * (whole.p50 - plain.p50)
    median, tail = (1e3 * (value - script.p50) for value in (plain.p50, plain.p95))
    print(
        f'  receipt to publication, less the script: median {median:.2f} (at most '
        f'{LARGEST["p50"]:g} is expected), p95 {tail:.2f} ({LARGEST["p95"]:g}); camera motion '
        f'{motion:.2f} ({LARGEST_CAMERA_MOTION:g})'
    )


def measure(images: int, camera_motion: bool) -> list[StageTiming]:
    """Return the stages of a node that gets images at `RATE`."""
    parameters = {'estimate_camera_motion': camera_motion}
    with camera_of_node(LargeCamera, 'benchmarks.scripted_node', parameters) as camera:
        camera.wait_for_node()
        started = time.monotonic()
        for i in tqdm(range(images), unit='image', leave=False):
            camera.listen(started + i / RATE)
            camera.send()
        return list(camera.final_timing().stages)


class LargeCamera(Camera):
    """Sends frames of the shipped clip, enlarged."""

    def images(self) -> Iterator[Image]:
        frames = islice(VideoSource(PEDESTRIANS), 30)
        return cycle([from_bgr(cv2.resize(f, SIZE), Header()) for f in frames])
