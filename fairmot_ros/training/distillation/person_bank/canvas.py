"""Canvases: people of a bank side by side in rows, at many sizes and with worse quality."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from fairmot_ros.boxes import area
from fairmot_ros.training.distillation.person_bank.windows import Window
from fairmot_ros.training.synthesis.photometric import jitter_colour
from fairmot_ros.training.synthesis.scene import Scene

Image = NDArray[np.uint8]

LARGEST_SCALE = 1.7  # of a window; larger ones show little but blur
SMALLEST_ROW = 24  # pixels
OCCLUDED_SHARE = 0.12  # of the people, by another part of the canvas
WHOLE_BOX_SHARE = 0.3  # of the cut-off people; the boxes of the others end where the image does


@dataclass(frozen=True)
class CanvasOptions:
    """How canvases are made.

    Attributes:
        bank: folder of the person bank, see `fairmot-person-bank`.
        width, height: of a canvas in pixels, multiples of 32.
        small, large: ranges of the height of the people in a row, pixels.
        large_share: share of the rows with large people.
        repeat_share: share of the people who are on the canvas already, at another size.
        track_share: share of the people that are drawn from the tracks of the bank, two windows
            of one person at a time, if it has any.
        min_visible: people of whom less is inside their part of the canvas have no label.
        box_noise: standard deviation of a box's sides, as a share of its width and height.
    """

    bank: str
    width: int = 384
    height: int = 320
    small: tuple[float, float] = (34.0, 140.0)
    large: tuple[float, float] = (100.0, 340.0)
    large_share: float = 0.25
    repeat_share: float = 0.35
    track_share: float = 0.2
    min_visible: float = 0.55
    box_noise: float = 0.06

    def __post_init__(self) -> None:
        if self.width % 32 or self.height % 32 or min(self.width, self.height) < 32:
            raise ValueError(
                f'width and height must be multiples of 32, got {self.width} x {self.height}'
            )


class CanvasComposer:
    """Makes random canvases."""

    def __init__(
        self,
        window: Callable[[int], Window],
        count: int,
        options: CanvasOptions,
        tracks: Sequence[NDArray[np.int64]] = (),
    ) -> None:
        """Take the people.

        Args:
            window: returns a window by its number.
            count: of windows.
            options: of the canvases.
            tracks: numbers of the windows of each person of whom there are several.
        """
        self._window, self._count, self.options = window, count, options
        self._tracks = tracks

    def __call__(self, rng: Generator, max_people: int) -> Scene:
        """Return a canvas; the identities are the numbers of the windows."""
        o = self.options
        canvas = np.full((o.height, o.width, 3), rng.integers(60, 180), np.uint8)
        boxes: list[NDArray[np.float32]] = []
        numbers: list[int] = []
        draw = PersonDraw(self._count, self._tracks, o)
        top = 0
        while top < o.height - SMALLEST_ROW and len(boxes) < max_people:
            left_over = o.height - top
            large = rng.random() < o.large_share
            person = min(rng.uniform(*(o.large if large else o.small)), 1.25 * left_over)
            row = int(min(left_over, person * rng.uniform(1.0, 1.3)))
            if left_over - row < SMALLEST_ROW:
                row = left_over
            self._fill_row(canvas, (top, row), person, boxes, numbers, draw, rng)
            top += row
        boxes, numbers = boxes[:max_people], numbers[:max_people]
        xyxy = np.array(boxes, np.float32).reshape(-1, 4)
        scene = Scene(canvas, xyxy, np.array(numbers, np.int64))
        if rng.random() < 0.5:
            scene.image = jitter_colour(scene.image, rng, 0.35)
        scene.image = degrade(scene.image, rng)
        if rng.random() < 0.5:
            scene.flip()
        sides = np.tile(scene.boxes_xyxy[:, 2:] - scene.boxes_xyxy[:, :2], 2)
        noise = rng.normal(0.0, o.box_noise, sides.shape) * sides
        scene.boxes_xyxy = (scene.boxes_xyxy + noise).astype(np.float32)
        return scene

    def _fill_row(
        self,
        canvas: Image,
        row: tuple[int, int],
        height: float,
        boxes: list[NDArray[np.float32]],
        numbers: list[int],
        draw: PersonDraw,
        rng: Generator,
    ) -> None:
        """Fill a row, (top, height), with people of about a height; add them to the lists."""
        top, row_height = row
        x = 0
        while x < canvas.shape[1] - 10:
            number = draw(rng)
            room = (canvas.shape[1] - x, row_height)
            window = tile(self._window(number), height * rng.uniform(0.88, 1.1), room, rng)
            image = window.image
            if image.shape[1] < 6:
                break
            if rng.random() < 0.35:
                image = jitter_colour(image, rng, 0.45)
            y = top + (row_height - image.shape[0]) // 2
            canvas[y : y + image.shape[0], x : x + image.shape[1]] = image
            inside = np.array([x, y, x + image.shape[1], y + image.shape[0]], np.float32)
            box = window.box_xyxy + np.array([x, y, x, y], np.float32)
            visible = np.concatenate(
                (np.maximum(box[:2], inside[:2]), np.minimum(box[2:], inside[2:]))
            )
            if area(visible) > self.options.min_visible * area(box):
                if rng.random() < OCCLUDED_SHARE:
                    occlude(canvas, visible, top + row_height, rng)
                boxes.append(box if rng.random() < WHOLE_BOX_SHARE else visible)
                numbers.append(number)
            x += image.shape[1]


class PersonDraw:
    """Draws the people of one canvas.

    Who was drawn may be drawn once more: the same window, or another one of the same track.
    """

    def __init__(
        self, count: int, tracks: Sequence[NDArray[np.int64]], options: CanvasOptions
    ) -> None:
        """Take the number of windows, those of each track, and the shares."""
        self._count, self._tracks, self._options = count, tracks, options
        self._again: list[int] = []

    def __call__(self, rng: Generator) -> int:
        """Return the number of a window."""
        if self._again and rng.random() < self._options.repeat_share:
            return self._again.pop(int(rng.integers(len(self._again))))
        if self._tracks and rng.random() < self._options.track_share:
            track = self._tracks[int(rng.integers(len(self._tracks)))]
            number, again = rng.choice(track, 2, replace=False).tolist()
        else:
            number = again = int(rng.integers(self._count))
        self._again.append(again)
        return number


def tile(window: Window, height: float, room: tuple[int, int], rng: Generator) -> Window:
    """Scale a window to a person's height and cut it to at most (width, height)."""
    box = window.box_xyxy
    scale = min(height / max(float(box[3] - box[1]), 1.0), LARGEST_SCALE)
    scales = scale * rng.uniform(0.92, 1.08), scale
    size = [max(8, round(n * s)) for n, s in zip(window.image.shape[1::-1], scales)]
    # Cameras that are sharper than the average of the pixels would be.
    aliased = scale < 0.5 and rng.random() < 0.25
    method = cv2.INTER_AREA if scale < 1 and not aliased else cv2.INTER_LINEAR
    image = cv2.resize(window.image, size, interpolation=method)
    box = box * np.tile(np.array(scales, np.float32), 2)
    sides = box[2:] - box[:2]
    wanted = max(12.0, sides[0] * rng.uniform(1.05, 2.2))
    cut = [int(min(room[0], size[0], wanted)), min(room[1], size[1])]
    centre = (box[:2] + box[2:]) / 2 + rng.normal(0.0, (0.1, 0.05)) * sides
    x, y = (int(np.clip(c - n / 2, 0, s - n)) for c, n, s in zip(centre, cut, size))
    part = image[y : y + cut[1], x : x + cut[0]]
    return Window(part, (box - np.array([x, y, x, y])).astype(np.float32))


def occlude(canvas: Image, box_xyxy: NDArray[np.float32], bottom: int, rng: Generator) -> None:
    """Cover a part of a box, in place, with a part of the canvas above `bottom`."""
    width, height = box_xyxy[2:] - box_xyxy[:2]
    w, h = int(width * rng.uniform(0.15, 0.5)), int(height * rng.uniform(0.15, 0.6))
    if w < 3 or h < 3 or w >= canvas.shape[1] or h >= bottom:
        return
    x = max(int(rng.uniform(box_xyxy[0] - 0.3 * w, box_xyxy[2] - 0.7 * w)), 0)
    y = max(int(rng.uniform(box_xyxy[1], box_xyxy[3] - 0.5 * h)), 0)
    source_x, source_y = int(rng.integers(canvas.shape[1] - w)), int(rng.integers(bottom - h))
    covered = canvas[y : y + h, x : x + w]
    patch = canvas[source_y : source_y + h, source_x : source_x + w].copy()
    covered[:] = patch[: covered.shape[0], : covered.shape[1]]


def degrade(image: Image, rng: Generator) -> Image:
    """Blur, rescale, add noise and compress, each with some probability."""
    size = image.shape[1::-1]
    if rng.random() < 0.3:
        if rng.random() < 0.2:  # a moving camera
            length = int(rng.integers(2, 4))
            kernel = np.full((1, length), 1.0 / length)
            image = cv2.filter2D(image, -1, kernel if rng.random() < 0.8 else kernel.T)
        else:
            image = cv2.GaussianBlur(image, (0, 0), rng.uniform(0.3, 0.9))
    if rng.random() < 0.15:
        factor = rng.uniform(0.6, 0.95)
        small = cv2.resize(image, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
        image = cv2.resize(small, size)
    if rng.random() < 0.25:
        noise = rng.standard_normal(image.shape, dtype=np.float32) * rng.uniform(2.0, 7.0)
        image = cv2.add(image, noise, dtype=cv2.CV_8U)
    if rng.random() < 0.3:
        quality = int(rng.integers(40, 92))
        _, data = cv2.imencode('.jpg', image, [cv2.IMWRITE_JPEG_QUALITY, quality])
        image = np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR))
    return image
