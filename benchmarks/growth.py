# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""How the cost of a frame grows: with image size, people, cameras and the length of a run.

Prints Markdown tables. All sizes of a table take turns in one run, so that its ratios hold on a
machine that does other work too. The images are the shipped clip, resized; the people of the
second table are scripted, as no image shows a chosen number of them.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterator
from itertools import cycle, islice
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from std_msgs.msg import Header
from tqdm import tqdm

from benchmarks.calibration import in_turns
from benchmarks.figures.markdown import table
from benchmarks.tracker_soak import resident, stream
from fairmot_ros.cli.detector_options import add_detector_options
from fairmot_ros.cli.shipped_clips import PEDESTRIANS
from fairmot_ros.detector import Detector
from fairmot_ros.media.video_source import VideoSource
from fairmot_ros.ros.conversions.images import from_bgr, to_bgr
from fairmot_ros.ros.conversions.tracks import TrackConverter
from fairmot_ros.tracker import Tracker
from fairmot_ros.tracker.motion.camera_motion import CameraMotion
from fairmot_ros.types import Tracks

SIZES = ((640, 480), (1280, 720), (1920, 1080), (3840, 2160))
CROWDS = (0, 10, 30, 100, 300)
CAMERAS = (1, 2, 4, 8)
RATE = 30
#: Counter of the energy of a CPU package in microjoules (Intel and AMD on Linux).
ENERGY = Path('/sys/class/powercap/intel-rapl:0/energy_uj')

Image = NDArray[np.uint8]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of this part."""
    add_detector_options(parser, 'weights', 'device', 'engine')
    parser.add_argument('--repeats', type=int, default=15, help='turns of each (default: 15)')
    parser.add_argument('--minutes', type=int, default=60, help='of the stream (default: 60)')


def run(options: argparse.Namespace) -> None:
    """Measure and print."""
    detector = Detector(options.weights, device=options.device, engine=options.engine)
    frames = list(islice(VideoSource(PEDESTRIANS), 8))
    print(f'{detector.model_name} in {detector.runtime}; milliseconds, medians\n')
    print(by_image_size(detector, frames, options.repeats), '\n')
    print(by_people(options.repeats), '\n')
    print(by_cameras(detector, frames, options.repeats), '\n')
    print(by_length(options.minutes), '\n')
    print(energy(detector, frames))


def by_image_size(detector: Detector, frames: list[Image], repeats: int) -> str:
    """Return a table of the stages that see the image."""
    works: dict[str, Callable[[], object]] = {}
    for size in SIZES:
        scaled = [cv2.resize(frame, size) for frame in frames]
        message, camera, boxes = from_bgr(scaled[0], Header()), CameraMotion(), np.zeros((0, 4))
        following = cycle(scaled)
        works[f'convert {size}'] = lambda message=message: to_bgr(message)
        works[f'detect {size}'] = lambda image=scaled[0]: detector(image)
        works[f'motion {size}'] = lambda camera=camera, images=following, boxes=boxes: (
            camera.estimate(next(images), boxes)
        )
    times = in_turns(works, repeats)
    return table(
        ('image', 'conversion', 'detection', 'camera motion'),
        [
            (
                f'{size[0]} x {size[1]}',
                *(f'{times[f"{stage} {size}"]:.2f}' for stage in ('convert', 'detect', 'motion')),
            )
            for size in SIZES
        ],
    )


def by_people(repeats: int) -> str:
    """Return a table of the stages whose time depends on the people."""
    works: dict[str, Callable[[], object]] = {}
    for people in CROWDS:
        tracker, detections = Tracker(), stream(people)
        stamps = iter(range(1, 1_000_000))
        state: dict[str, Tracks] = {}

        def update(
            tracker: Tracker = tracker,
            detections: Iterator = detections,
            stamps: Iterator[int] = stamps,
            state: dict[str, Tracks] = state,
        ) -> None:
            state['tracks'] = tracker.update(next(detections), next(stamps) / RATE)

        def convert(state: dict[str, Tracks] = state) -> None:
            converter = TrackConverter(('person',), 'model')
            converter.detections(state['tracks'], Header())
            converter.tracks(state['tracks'], Header())

        for _ in range(RATE):
            update()
        works[f'track {people}'], works[f'convert {people}'] = update, convert
    times = in_turns(works, 4 * repeats)
    return table(
        ('people', 'tracking', 'messages'),
        [
            (str(people), f'{times[f"track {people}"]:.2f}', f'{times[f"convert {people}"]:.2f}')
            for people in CROWDS
        ],
    )


def by_cameras(detector: Detector, frames: list[Image], repeats: int) -> str:
    """Return a table of the detection of several cameras' images in one call."""
    times = in_turns(
        {str(n): lambda n=n: detector.detect(frames[:n]) for n in CAMERAS},
        repeats,
    )
    return table(
        ('cameras', 'detection of all', 'of each', 'frames per second of each'),
        [
            (
                str(n),
                f'{times[str(n)]:.1f}',
                f'{times[str(n)] / n:.1f}',
                f'{1e3 / times[str(n)]:.1f}',
            )
            for n in CAMERAS
        ],
    )


def by_length(minutes: int) -> str:
    """Return a table of the tracker's memory and time over a run, at 30 people and `RATE`."""
    tracker, detections, rows, number = Tracker(), stream(30), [], 0
    marks = sorted({1, max(minutes // 4, 1), max(minutes // 2, 1), minutes})
    for minute in tqdm(range(1, minutes + 1), unit='min', leave=False):
        times = []
        for _ in range(60 * RATE):
            frame = next(detections)
            started = time.thread_time()
            tracker.update(frame, number / RATE)
            times.append(time.thread_time() - started)
            number += 1
        if minute in marks:
            rows.append(
                (
                    str(minute),
                    f'{1e3 * np.median(times):.2f}',
                    f'{resident():.0f}',
                    str(tracker.last_id),
                )
            )
    return table(('minute of the stream', 'tracking', 'process memory, MB', 'tracks so far'), rows)


def energy(detector: Detector, frames: list[Image]) -> str:
    """Return a sentence on the energy of a detection."""
    try:
        before = int(ENERGY.read_text())
    except OSError:
        return f'Energy per frame: not measured, this machine has no readable {ENERGY}.'
    count, images = 100, cycle(frames)
    for _ in range(count):
        detector(next(images))
    joules = (int(ENERGY.read_text()) - before) * 1e-6
    return f'Energy per frame: {joules / count:.2f} J of the whole CPU package.'
