# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""The camera's motion from images: time per stage, error against the truth, and its worth."""

from __future__ import annotations

import argparse
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from benchmarks import REFERENCE_DATA
from benchmarks.rendered_scene import SIZE, RecordedScene, Renderer
from fairmot_ros.evaluation import evaluate_mot
from fairmot_ros.evaluation.mot.text_format import rows_of_tracks
from fairmot_ros.tracker import Tracker, TrackerConfig
from fairmot_ros.tracker.motion import camera_motion
from fairmot_ros.tracker.motion.camera_motion import CameraMotion
from fairmot_ros.types import Detections

Array = NDArray[np.float64]

SCENE = Path('fixtures', 'scene_d_camera_150x20.npz')
STAGES = ('shrink', 'follow', 'fit', 'corners')
CORNERS = np.array([[0, 0, 1], [SIZE[0], 0, 1], [0, SIZE[1], 1], [*SIZE, 1]], np.float64).T
RATE = 30.0
TIMED, RUNS = 60, 5  # images, and how often they are gone through


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of this part."""
    parser.add_argument(
        '--scene',
        type=Path,
        default=REFERENCE_DATA / SCENE,
        help='recorded scene with a moving camera',
    )
    parser.add_argument(
        '--cut-outs',
        type=Path,
        default=None,
        metavar='FOLDER',
        help='masked images of people (default: figures are drawn)',
    )


def run(options: argparse.Namespace) -> None:
    """Measure and print."""
    report(options.scene, options.cut_outs)


def report(scene_path: Path, cut_outs: Path | None) -> None:
    """Print three tables."""
    if not scene_path.is_file():
        print(f'camera-motion: no scene at {scene_path}: give the file with --scene')
        return
    scene = RecordedScene.load(scene_path)
    threads = cv2.getNumThreads()
    cv2.setNumThreads(1)
    try:
        renderer = Renderer(cut_outs)
        figures = 'drawn figures' if cut_outs is None else f'{len(renderer.people)} cut-outs'
        print(
            f'camera motion from {len(scene.cameras)} images of 1920 x 1080 with {figures}, '
            'one thread'
        )
        _report_time(scene, renderer)
        _report_worth(scene, _report_error(scene, renderer))
        _report_robustness(scene, renderer)
    finally:
        cv2.setNumThreads(threads)


def error(motion: Array, truth: Array) -> float:
    """Return by how many pixels a motion is wrong in the worst corner of the image."""
    return float(np.linalg.norm((motion - truth) @ CORNERS, axis=0).max())


# -- time and error -------------------------------------------------------------------------------


def _report_time(scene: RecordedScene, renderer: Renderer) -> None:
    """Print the least processor time of several runs, for each image and stage."""
    images = [image for image, _ in zip(renderer.images(scene), range(TIMED))]
    runs = []
    for _ in range(RUNS):
        times: dict[str, list[float]] = defaultdict(list)
        estimator = CameraMotion()
        with _measured_stages(times):
            for image, detections in zip(images, scene.detections):
                started = time.thread_time()
                estimator.estimate(image, detections[:, :4])
                times['all'].append(time.thread_time() - started)
        runs.append(times)
    print(f'{"ms per image":24}{"mean":>8}{"median":>8}{"largest":>8}{"calls":>8}')
    for stage in (*STAGES, 'all'):
        ms = 1e3 * np.min([times[stage][1:] for times in runs], axis=0)
        print(f'{stage:24}{ms.mean():8.2f}{np.median(ms):8.2f}{ms.max():8.2f}{len(ms):8}')


def _report_error(scene: RecordedScene, renderer: Renderer) -> Array:
    """Print the error over the scene; returns the motions [F, 2, 3]."""
    estimator, motions, failed = CameraMotion(), [], 0
    images = tqdm(renderer.images(scene), total=len(scene.cameras), leave=False, disable=None)
    for image, detections in zip(images, scene.detections):
        motions.append(estimator.estimate(image, detections[:, :4]))
        failed += not estimator.succeeded
    errors = [error(m, t) for m, t in zip(motions[1:], scene.motions[1:])]
    print(
        f'error in the worst corner, pixels: median {np.median(errors):.3f}, '
        f'90 % {np.quantile(errors, 0.9):.3f}, largest {max(errors):.3f}; '
        f'{failed - 1} of {len(errors)} failed'
    )
    return np.array(motions)


class _measured_stages:  # noqa: N801 - used like a function
    """Times the calls of the estimator's stages in the body."""

    def __init__(self, times: dict[str, list[float]]) -> None:
        self._times = times
        self._stages: dict[str, Callable] = {s: getattr(camera_motion, s) for s in STAGES}

    def __enter__(self) -> None:
        for name, stage in self._stages.items():
            setattr(camera_motion, name, self._timed(name, stage))

    def __exit__(self, *_: object) -> None:
        for name, stage in self._stages.items():
            setattr(camera_motion, name, stage)

    def _timed(self, name: str, stage: Callable) -> Callable:
        @wraps(stage)
        def call(*arguments: Any) -> Any:
            started = time.thread_time()
            result = stage(*arguments)
            self._times[name].append(time.thread_time() - started)
            return result

        return call


# -- what the tracker makes of it -----------------------------------------------------------------


def _report_worth(scene: RecordedScene, estimated: Array) -> None:
    given = {'without': None, 'estimated': estimated, 'true': scene.motions}
    configs = {
        'reference, byte_reid': TrackerConfig.reference(variant='byte_reid'),
        'default': TrackerConfig(),
    }
    print(f'{"IDF1 (switches)":24}' + ''.join(f'{name:>14}' for name in given))
    for name, config in configs.items():
        cells = []
        for motions in given.values():
            result = _score(scene, config, motions)
            cells.append(f'{100 * result["IDF1"]:.1f} ({result["IDSW"]})')
        print(f'{name:24}' + ''.join(f'{cell:>14}' for cell in cells))


def _score(scene: RecordedScene, config: TrackerConfig, motions: Array | None) -> dict:
    tracker, rows = Tracker(config), []
    for i, (boxes, embeddings) in enumerate(zip(scene.detections, scene.embeddings)):
        tracks = tracker.update(
            Detections(boxes[:, :4], boxes[:, 4], embeddings),
            stamp=i / RATE,
            camera_motion=None if motions is None else motions[i],
        )
        rows.append(rows_of_tracks(i + 1, tracks))
    truth = scene.ground_truth.astype(np.float64)
    visible = truth[:, 6] >= 0.1  # the others count neither for nor against
    truth = np.column_stack((truth[:, :6], visible, np.ones(len(truth)), truth[:, 6]))
    return evaluate_mot({'scene': (truth, np.concatenate(rows))}, benchmark='MOT17')['scene']


# -- what else cameras do -------------------------------------------------------------------------


@dataclass(frozen=True)
class Case:
    """A way to move the camera and to spoil the images.

    Attributes:
        name: for the table.
        motion: [2, 3], from each image to the next.
        spoil: changes a image.
        fill: share of the image that one person fills; 0 for the scene's own people.
        boxes: whether the estimator gets the boxes of the people.
        images: how many.
    """

    name: str
    motion: Array
    spoil: Callable[[NDArray], NDArray] = lambda image: image
    fill: float = 0.0
    boxes: bool = True
    images: int = 12


def move(x: float = 0.0, y: float = 0.0, degrees: float = 0.0, zoom: float = 1.0) -> Array:
    """Return a similarity about the centre of the image."""
    motion = cv2.getRotationMatrix2D((SIZE[0] / 2, SIZE[1] / 2), degrees, zoom)
    motion[:, 2] += x, y
    return motion


def smear(length: int) -> Callable[[NDArray], NDArray]:
    """Blur sideways, as an open shutter does while the camera turns."""
    kernel = np.full((1, length), 1 / length)
    return lambda image: cv2.filter2D(image, -1, kernel)


def cases() -> Iterable[Case]:
    """Return what the robustness table holds."""
    still = move()
    for name, case in {
        'camera at rest': {},
        'the same, people unknown': {'boxes': False},
        'one person fills 80 %': {'fill': 0.8},
        'the same, camera pans 12 px': {'fill': 0.8, 'motion': move(12)},
        'the same, person unknown': {'fill': 0.8, 'motion': move(12), 'boxes': False},
    }.items():
        yield Case(name, **{'motion': still, **case})
    for pixels in (20, 60, 120, 240, 360, 480):
        yield Case(f'pan {pixels} px', move(pixels), images=6)
    for degrees in (1, 3, 6, 12):
        yield Case(f'roll {degrees} degrees', move(degrees=degrees), images=6)
    for zoom in (1.02, 1.1, 1.2, 1.4):
        yield Case(f'zoom {zoom}', move(zoom=zoom), images=4)
    pan = move(8, 3, 0.1)
    yield Case('pan 8 px, out of focus', pan, lambda p: cv2.GaussianBlur(p, (0, 0), 6))
    for length in (9, 25):
        yield Case(f'pan 8 px, smeared over {length} px', pan, smear(length))
    yield Case('pan 8 px, dark', pan, lambda p: (p * 0.15).astype(np.uint8))
    yield Case('pan 8 px, fog', pan, lambda p: (p * 0.1 + 180).astype(np.uint8))
    yield Case(
        'pan 8 px, JPEG at 20 %',
        pan,
        lambda p: cv2.imdecode(
            cv2.imencode('.jpg', p, [cv2.IMWRITE_JPEG_QUALITY, 20])[1], cv2.IMREAD_COLOR
        ),
    )
    flicker = iter(np.tile([1.0, 0.75], 100))
    yield Case(
        'pan 8 px, light flickers by 25 %', pan, lambda p: (p * next(flicker)).astype(np.uint8)
    )
    noise = np.random.default_rng(0)
    yield Case(
        'a white wall',
        pan,
        lambda p: cv2.add(np.full_like(p, 200), noise.normal(0, 4, p.shape), dtype=cv2.CV_8U),
    )


def views(case: Case, scene: RecordedScene, renderer: Renderer) -> Iterator[tuple[NDArray, Array]]:
    """Yield images and the boxes xyxy of the people in them."""
    square = np.vstack((case.motion, (0, 0, 1)))
    # The whole way lies about the middle of the background.
    camera = np.linalg.matrix_power(np.linalg.inv(square), case.images // 2)
    for i in range(case.images):
        boxes, ids = scene.boxes[i], scene.ids[i]
        if case.fill:
            width, height = np.sqrt(case.fill) * np.array(SIZE)
            boxes = np.array([[100.0 + 7 * i, 40.0, width, height]])
            ids = ids[:1]
        image = renderer.image(camera[:2], boxes, ids, i / RATE)
        yield case.spoil(image), np.concatenate((boxes[:, :2], boxes[:, :2] + boxes[:, 2:]), 1)
        camera = square @ camera


def _report_robustness(scene: RecordedScene, renderer: Renderer) -> None:
    print(f'{"robustness":36}{"succeeded":>11}{"median px":>11}{"largest px":>11}   (of those)')
    for case in cases():
        estimator, errors, pairs = CameraMotion(), [], case.images - 1
        for i, (image, boxes) in enumerate(views(case, scene, renderer)):
            motion = estimator.estimate(image, boxes if case.boxes else boxes[:0])
            if not estimator.succeeded:
                assert (motion == np.eye(2, 3)).all()
            elif i:
                errors.append(error(motion, case.motion))
        numbers = (
            f'{np.median(errors):11.3f}{max(errors):11.3f}' if errors else f'{"-":>11}{"-":>11}'
        )
        print(f'{case.name:36}{f"{len(errors)} of {pairs}":>11}{numbers}')
