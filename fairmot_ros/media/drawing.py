# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Annotation of images with tracks: boxes, ids, trails and the frame rate."""

from __future__ import annotations

import colorsys
from collections import deque
from collections.abc import Callable, Iterator

import cv2
import numpy as np
from numpy.typing import NDArray

from fairmot_ros.types import Tracks

FONT = cv2.FONT_HERSHEY_SIMPLEX
GOLDEN_RATIO = 0.618034  # step of the hue that spreads the colours of consecutive ids evenly


def track_colour(track_id: int) -> tuple[int, int, int]:
    """Return a bright BGR colour that differs clearly from those of the neighbouring ids."""
    red, green, blue = colorsys.hsv_to_rgb((track_id * GOLDEN_RATIO) % 1.0, 0.75, 1.0)
    return int(255 * blue), int(255 * green), int(255 * red)


class Annotator:
    """Draws tracks with trails of their past positions.

    Attributes:
        trail_seconds: length of the trails in seconds.
    """

    def __init__(self, trail_seconds: float = 3.0) -> None:
        """Start without trails."""
        self.trail_seconds = trail_seconds
        self._trails: dict[int, deque[tuple[float, int, int]]] = {}

    def add_positions(self, tracks: Tracks, stamp: float) -> None:
        """Extend the trails by the bottom centre of each box; call for every frame.

        Args:
            tracks: visible in the frame.
            stamp: of the frame, seconds.
        """
        left, top, width, height = tracks.boxes_xywh.T
        feet = np.stack((left + width / 2, top + height), axis=1).round().astype(int)
        for track_id, (x, y) in zip(tracks.ids.tolist(), feet.tolist()):
            self._trails.setdefault(track_id, deque(maxlen=1000)).append((stamp, x, y))
        for track_id, trail in list(self._trails.items()):
            while trail and not 0 <= stamp - trail[0][0] <= self.trail_seconds:
                trail.popleft()
            if not trail:
                del self._trails[track_id]

    def reset(self) -> None:
        """Drop all trails."""
        self._trails.clear()

    def draw(
        self,
        image_bgr: NDArray[np.uint8],
        tracks: Tracks,
        rate: float,
        lost: Tracks | None = None,
        label: Callable[[int], str] = str,
    ) -> NDArray[np.uint8]:
        """Return a copy of the image with tracks, trails and a status line.

        Args:
            image_bgr: uint8 [H, W, 3].
            tracks: visible in the image, drawn with solid boxes.
            rate: frames per second, for the status line.
            lost: tracks drawn with dashed predicted boxes; None draws none.
            label: returns the text beside the box of a track id.

        Returns:
            uint8 [H, W, 3].
        """
        canvas = image_bgr.copy()
        # Line width and font size scale with the image.
        scale = max(0.4, min(canvas.shape[:2]) / 1000)
        thickness = max(1, round(2 * scale))
        for track_id, trail in self._trails.items():
            _draw_trail(canvas, [(x, y) for _, x, y in trail], track_colour(track_id), thickness)
        for track_id, corners in _corners(lost) if lost else ():
            _draw_dashed(canvas, corners, track_colour(track_id), thickness)
        for track_id, (left, top, right, bottom) in _corners(tracks):
            colour = track_colour(track_id)
            cv2.rectangle(canvas, (left, top), (right, bottom), colour, thickness, cv2.LINE_AA)
            write_label(canvas, label(track_id), (left, top), colour, scale, thickness)
        lost_count = f' + {len(lost)} lost' if lost else ''
        status = f'{len(tracks)} tracked{lost_count}   {rate:.1f} Hz'
        write_label(canvas, status, (0, canvas.shape[0]), (40, 40, 40), scale, thickness)
        return canvas


def _corners(tracks: Tracks) -> Iterator[tuple[int, tuple[int, int, int, int]]]:
    """Yield track id and (left, top, right, bottom) in whole pixels."""
    # OpenCV takes 32-bit integers; boxes that far outside are not visible.
    corners = tracks.boxes_xyxy.clip(-30_000, 30_000).round().astype(int).tolist()
    return zip(tracks.ids.tolist(), map(tuple, corners))


def _draw_trail(
    canvas: NDArray[np.uint8],
    points: list[tuple[int, int]],
    colour: tuple[int, int, int],
    thickness: int,
) -> None:
    """Draw a polyline, its older half with half the width."""
    middle = len(points) // 2
    line = np.array(points, np.int32)
    cv2.polylines(canvas, [line[: middle + 1]], False, colour, max(1, thickness // 2), cv2.LINE_AA)
    cv2.polylines(canvas, [line[middle:]], False, colour, thickness, cv2.LINE_AA)


def _draw_dashed(
    canvas: NDArray[np.uint8],
    box: tuple[int, int, int, int],
    colour: tuple[int, int, int],
    thickness: int,
) -> None:
    left, top, right, bottom = box
    corners = np.array([(left, top), (right, top), (right, bottom), (left, bottom)], float)
    for start, end in zip(corners, np.roll(corners, -1, axis=0)):
        count = max(1, round(float(np.linalg.norm(end - start)) / (10 * thickness)))
        steps = np.linspace(start, end, 2 * count).round().astype(int).tolist()
        for a, b in zip(steps[::2], steps[1::2]):
            cv2.line(canvas, a, b, colour, thickness, cv2.LINE_AA)


def write_label(
    canvas: NDArray[np.uint8],
    text: str,
    corner: tuple[int, int],
    colour: tuple[int, int, int],
    scale: float,
    thickness: int,
) -> None:
    """Draw text on a filled background whose bottom left is `corner`, moved into the image."""
    (width, height), baseline = cv2.getTextSize(text, FONT, scale, thickness)
    x = min(max(corner[0], 0), max(canvas.shape[1] - width - 4, 0))
    y = min(max(corner[1], height + baseline + 2), canvas.shape[0])
    cv2.rectangle(canvas, (x, y - height - baseline - 2), (x + width + 4, y), colour, -1)
    ink = (0, 0, 0) if sum(colour) > 300 else (255, 255, 255)
    cv2.putText(canvas, text, (x + 2, y - baseline), FONT, scale, ink, thickness, cv2.LINE_AA)
