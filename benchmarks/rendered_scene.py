# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Render images for a recorded scene that has none.

The background is the median of the shipped clip: enlarged, with noise added in place of the lost
detail, mirrored at its edges, and moved by the camera of the scene. People (cut-outs, or drawn
figures without them) are pasted into the ground-truth boxes from back to front; they swing, so
that they are not rigid. Blur and noise of the sensor are added last.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from fairmot_ros.cli.shipped_clips import PEDESTRIANS
from fairmot_ros.media.video_source import VideoSource
from fairmot_ros.training.data.cut_outs import CutOut, read_cut_outs

Image = NDArray[np.uint8]
Array = NDArray[np.float64]

SIZE = (1920, 1080)
ENLARGED = 2.5  # times, from 768 x 576
FIGURES = 24
PERSON_HEIGHT = 400  # pixels of a cut-out


@dataclass(frozen=True)
class RecordedScene:
    """A scene of the reference data with a moving camera.

    Attributes:
        cameras: float64 [F, 2, 3], image = camera * world.
        motions: float64 [F, 2, 3], from the previous image to this one.
        boxes: per image, float64 [N, 4] of the people in it, xywh, in its pixels.
        ids: per image, int64 [N].
        detections: per image, float32 [M, 5], x1, y1, x2, y2, score.
        embeddings: per image, float32 [M, D].
        ground_truth: rows frame, id, x, y, w, h, visibility.
    """

    cameras: Array
    motions: Array
    boxes: list[Array]
    ids: list[NDArray[np.int64]]
    detections: list[NDArray[np.float32]]
    embeddings: list[NDArray[np.float32]]
    ground_truth: NDArray[np.float32]

    @staticmethod
    def load(path: Path) -> RecordedScene:
        """Read `scene_d_*.npz`."""
        data = np.load(path)
        cameras, truth, offsets = data['cam'], data['gt'], data['offsets']
        square = np.concatenate((cameras, np.tile([[[0.0, 0.0, 1.0]]], (len(cameras), 1, 1))), 1)
        motions = square[1:] @ np.linalg.inv(square[:-1])
        motions = np.concatenate((np.eye(3)[None], motions))[:, :2]
        frames = [truth[truth[:, 0] == i + 1] for i in range(len(cameras))]
        parts = list(pairwise(offsets))
        return RecordedScene(
            cameras,
            motions,
            [rows[:, 2:6].astype(np.float64) for rows in frames],
            [rows[:, 1].astype(np.int64) for rows in frames],
            [data['dets'][a:b] for a, b in parts],
            [data['feats'][a:b].astype(np.float32) for a, b in parts],
            truth,
        )


class Renderer:
    """Draws pictures of one place and its people.

    Attributes:
        world: uint8 [H, W, 3], the background; its pixels are those of the world.
        people: who can be put into a box; person i is `people[i % len(people)]`.
    """

    def __init__(
        self, cut_outs: Path | None = None, *, blur: float = 0.7, noise: float = 4.0, seed: int = 0
    ) -> None:
        """Prepare.

        Args:
            cut_outs: a folder with `annotations.json`, pictures and masks, see
                `fairmot_ros.training.data.cut_outs`; None to draw figures.
            blur: standard deviation of the lens in pixels.
            noise: standard deviation of the sensor in grey levels.
            seed: of everything that is random.
        """
        rng = np.random.default_rng(seed)
        self.world = photograph(rng)
        if cut_outs is None:
            self.people: Sequence[CutOut] = [draw_figure(rng, i) for i in range(FIGURES)]
        else:
            self.people = read_cut_outs(cut_outs, 0, PERSON_HEIGHT)
        self._blur, self._rng = blur, rng
        shape = (SIZE[1] + 64, SIZE[0] + 64, 3)
        self._noise = np.round(rng.normal(0, noise, shape)).astype(np.int16)

    def picture(
        self, camera: Array, boxes_xywh: Array, ids: NDArray[np.int64], time: float
    ) -> Image:
        """Return what a camera sees: uint8 [1080, 1920, 3], BGR.

        Args:
            camera: [2, 3], image = camera * world.
            boxes_xywh: [N, 4] of the people, in pixels of the image.
            ids: [N], who they are.
            time: in seconds, for the swinging.
        """
        image = cv2.warpAffine(
            self.world, camera, SIZE, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT_101
        )
        for row in np.argsort(boxes_xywh[:, 1] + boxes_xywh[:, 3], kind='stable'):
            person = self.people[ids[row] % len(self.people)]
            swing = 0.08 * np.sin(2 * np.pi * (1.8 * time + ids[row] / 7))
            paste(image, person, boxes_xywh[row], swing)
        if self._blur > 0:
            image = cv2.GaussianBlur(image, (0, 0), self._blur)
        y, x = self._rng.integers(0, 64, 2)
        return cv2.add(image, self._noise[y : y + SIZE[1], x : x + SIZE[0]], dtype=cv2.CV_8U)

    def pictures(self, scene: RecordedScene, rate: float = 30.0) -> Iterator[Image]:
        """Yield every picture of a scene."""
        for i, camera in enumerate(scene.cameras):
            yield self.picture(camera, scene.boxes[i], scene.ids[i], i / rate)


def photograph(rng: Generator) -> Image:
    """Return the empty place, uint8 [1440, 1920, 3]."""
    median = np.median(np.stack(list(VideoSource(PEDESTRIANS))[::3]), axis=0)
    small = median.astype(np.float32)
    image = cv2.resize(small, None, fx=ENLARGED, fy=ENLARGED, interpolation=cv2.INTER_CUBIC)
    structure = cv2.GaussianBlur(np.abs(small - cv2.GaussianBlur(small, (0, 0), 3)), (0, 0), 3)
    structure = cv2.resize(structure.mean(axis=2), image.shape[1::-1])
    grain = np.zeros(image.shape[:2], np.float32)
    for size in (1, 2, 4):
        shape = (-(-image.shape[0] // size), -(-image.shape[1] // size))
        octave = rng.standard_normal(shape, dtype=np.float32)
        grain += cv2.resize(octave, None, fx=size, fy=size)[: image.shape[0], : image.shape[1]]
    return (image + (0.5 * structure * grain)[:, :, None]).clip(0, 255).astype(np.uint8)


def draw_figure(rng: Generator, identity: int) -> CutOut:
    """Return a person of simple shapes in patterned clothes."""
    height, width = PERSON_HEIGHT, 2 * PERSON_HEIGHT // 5
    mask = np.zeros((height, width), np.uint8)
    image = np.zeros((height, width, 3), np.float32)
    middle = width // 2

    def part(colour: NDArray, *shapes: tuple) -> None:
        area = np.zeros_like(mask)
        for centre, axes in shapes:
            cv2.ellipse(area, centre, axes, 0, 0, 360, 255, -1)
        pattern = cv2.resize(rng.normal(0, 25, (height // 6, width // 6, 1)), (width, height))
        image[area > 0] = (colour + pattern[:, :, None])[area > 0]
        mask[area > 0] = 255

    leg = height // 4
    part(
        rng.uniform(20, 120, 3),
        ((middle - width // 6, height - leg), (width // 8, leg - 1)),
        ((middle + width // 6, height - leg), (width // 8, leg - 1)),
    )
    part(
        rng.uniform(30, 230, 3),
        ((middle, 2 * height // 5), (width // 3, height // 5)),
        ((width // 8, height // 2), (width // 8, height // 6)),
        ((width - 1 - width // 8, height // 2), (width // 8, height // 6)),
    )
    part(np.array([120.0, 150.0, 200.0]), ((middle, height // 10), (width // 6, height // 10)))
    return CutOut(image.clip(0, 255).astype(np.uint8), mask, identity)


def paste(image: Image, person: CutOut, box_xywh: Array, swing: float) -> None:
    """Draw a person into a box, with the feet swung sideways by a share of the width."""
    left, top, width, height = box_xywh
    x0, y0 = max(int(np.floor(left)), 0), max(int(np.floor(top)), 0)
    x1, y1 = np.minimum(np.ceil((left + width, top + height)), SIZE).astype(int)
    if x1 <= x0 or y1 <= y0:
        return
    rows, columns = person.mask.shape
    across, down = width / columns, height / rows
    # From the cut-out to the part of the box that is inside the image, sheared.
    shear = swing * width / rows
    to_image = np.array([[across, shear, left - x0 - shear * rows / 2], [0, down, top - y0]])
    size = (int(x1 - x0), int(y1 - y0))
    flags = cv2.INTER_AREA if down < 1 else cv2.INTER_LINEAR
    colours = cv2.warpAffine(person.image, to_image, size, flags=flags)
    alpha = cv2.warpAffine(person.mask, to_image, size, flags=flags)[:, :, None] / 255.0
    part = image[y0:y1, x0:x1]
    part[:] = alpha * colours + (1 - alpha) * part
