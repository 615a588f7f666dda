# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Positions in metres: errors while a camera drives and turns, and time per frame.

People stand or walk, see `benchmarks.walks`.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterable, Iterator

import numpy as np
from tqdm import tqdm

from benchmarks.moving_camera import CAMERA_HEIGHT, TALL, WIDE, MovingCamera, Pose, back_and_forth
from benchmarks.walks import WALKS, Walk, standing, velocity
from fairmot_ros.spatial.camera_warp import CameraWarps
from fairmot_ros.spatial.geometry import Positions, locate_by_depth, locate_on_ground
from fairmot_ros.spatial.located import LocatedPerson
from fairmot_ros.spatial.people_filter import PeopleFilter
from fairmot_ros.spatial.uncertainty import covariances_by_depth, covariances_on_ground
from fairmot_ros.tracker import Tracker, TrackerConfig
from fairmot_ros.types import Detections

RATES = (30, 10)  # frames per second
PLACES = (((8.0, 0.5), 8.0), ((6.0, -0.5), 6.0), ((4.0, 0.0), 5.0))  # of standing people, seconds
SEEDS = 20
PEOPLE, FRAMES = 30, 200
HEADER = 'source  Hz  case           position m: RMS  largest  velocity m/s: RMS  largest'


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add no options."""


def run(options: argparse.Namespace) -> None:
    """Measure and print."""
    report_standing()
    report_walking()
    report_times()


def report_standing() -> None:
    """Print the errors of standing people, by the time since they were first seen."""
    print('standing, by seconds since first seen')
    print(HEADER)
    cases = [(standing(*place), seconds) for place, seconds in PLACES]
    for ground in (False, True):
        for rate in RATES:
            errors = _errors(cases, rate, ground)
            for start, end in ((0, 1), (1, 2), (2, 3), (3, np.inf)):
                part = errors[(errors[:, 0] >= start) & (errors[:, 0] < end)]
                _print_errors(f'{start}..{end}', part, rate, ground)


def report_walking() -> None:
    """Print the errors of moving people, from one second after they were first seen."""
    print('walking, from 1 s')
    print(HEADER)
    for ground in (False, True):
        for rate in RATES:
            for name, case in WALKS.items():
                errors = _errors([case], rate, ground)
                _print_errors(name, errors[errors[:, 0] >= 1.0], rate, ground)


def _errors(cases: Iterable[tuple[Walk, float]], rate: int, ground: bool) -> np.ndarray:
    return np.concatenate(
        [
            list(errors_of(path, seconds, rate, seed, ground))
            for path, seconds in cases
            for seed in tqdm(range(SEEDS), leave=False)
        ]
    )


def _print_errors(name: str, errors: np.ndarray, rate: int, ground: bool) -> None:
    rms, largest = np.sqrt(np.square(errors[:, 1:]).mean(axis=0)), errors[:, 1:].max(axis=0)
    print(
        f'{"ground" if ground else "depth":6}  {rate:2}  {name:13}  '
        f'{rms[0]:15.3f}  {largest[0]:7.3f}  {rms[1]:17.3f}  {largest[1]:7.3f}'
    )


def errors_of(
    path: Walk, seconds: float, rate: int, seed: int, ground: bool = False
) -> Iterator[tuple[float, float, float]]:
    """Yield time, and errors of position and velocity, for each frame with a measurement."""
    for moment, located in drive(back_and_forth, path, seconds, seed, rate=rate, ground=ground):
        for found in located:
            if found.measured and found.velocity is not None:
                place = found.position - (*path(moment), TALL / 2)
                speed = found.velocity - (*velocity(path, moment), 0.0)
                yield moment, float(np.linalg.norm(place)), float(np.linalg.norm(speed))


def drive(
    pose: Pose,
    person: Walk,
    seconds: float,
    seed: int = 1,
    *,
    rate: int = 30,
    tf_from: float = 0.0,
    ground: bool = False,
) -> Iterator[tuple[float, list[LocatedPerson]]]:
    """Yield the people located in each frame, by a tracker and the camera's tf.

    Args:
        pose: of the robot over time.
        person: where one is over time.
        seconds: how long.
        seed: of the noise.
        rate: frames per second.
        tf_from: seconds from which the transform to the target frame is known.
        ground: whether people are located on the ground, not by depth.
    """
    world = MovingCamera(pose, seed=seed)
    tracker, people, warps = Tracker(TrackerConfig()), PeopleFilter(), CameraWarps()
    for frame in range(int(seconds * rate)):
        moment = frame / rate
        optical = world.transforms(moment).lookup('odom', 'optical', round(moment * 1e9))
        seen = world.see(person(moment), moment)
        boxes = [] if seen is None else [seen[0]]
        motion = warps.advance(world.camera, optical)
        visible = tracker.update(
            Detections(boxes, [0.9] * len(boxes)), moment, camera_motion=motion
        )
        corners, spread = visible.boxes_xyxy, visible.covariances
        if seen is None:
            found, noise = Positions(np.zeros((0, 3)), np.zeros((0, 2))), np.zeros((0, 3, 3))
        elif ground:
            found = locate_on_ground(world.camera, corners, CAMERA_HEIGHT, 0.0)
            noise = covariances_on_ground(world.camera, corners, spread, CAMERA_HEIGHT, 0.0)
        else:
            found = locate_by_depth(world.camera, seen[1], corners)
            noise = covariances_by_depth(world.camera, found, corners, spread, 0.03)
        known = optical if moment >= tf_from else None
        located = people.update(
            moment, visible, tracker.lost, found.centres, noise, found.sizes, known
        )
        warps.note(corners, found.centres[:, 2])
        yield moment, located


def report_times() -> None:
    """Print the time per frame with many people, by part."""
    world = MovingCamera(back_and_forth)
    random = np.random.default_rng(0)
    size = np.array([WIDE, TALL]) * 500 / 6
    centres = random.uniform((100, 150), (540, 330), (PEOPLE, 2))
    boxes = np.hstack((centres - size / 2, centres + size / 2))
    depth = np.full((480, 640), 6.0, np.float32)
    tracker, people, warps = Tracker(TrackerConfig()), PeopleFilter(), CameraWarps()
    spent: dict[str, list[float]] = {}

    def timed(name: str, function: Callable, *arguments: object) -> object:
        start = time.perf_counter()
        result = function(*arguments)
        spent.setdefault(name, []).append(time.perf_counter() - start)
        return result

    for frame in range(FRAMES):
        moment = frame / 30
        buffer = world.transforms(moment)
        pose = timed('transform', buffer.lookup, 'odom', 'optical', round(moment * 1e9))
        timed('camera motion', warps.advance, world.camera, pose)
        noisy = boxes + random.normal(size=boxes.shape)
        visible = tracker.update(Detections(noisy, [0.9] * PEOPLE), moment)
        corners = visible.boxes_xyxy
        found = timed('depth', locate_by_depth, world.camera, depth, corners)
        covariances = visible.covariances
        noise = timed(
            'covariances', covariances_by_depth, world.camera, found, corners, covariances, 0.03
        )
        located = (moment, visible, tracker.lost, found.centres, noise, found.sizes, pose)
        timed('filter', people.update, *located)
        warps.note(corners, found.centres[:, 2])
    print(f'{PEOPLE} people, median ms per frame:')
    for name, times in spent.items():
        print(f'  {name:14} {np.median(times) * 1e3:6.3f}')
    print(f'  {"all":14} {sum(np.median(times) for times in spent.values()) * 1e3:6.3f}')
