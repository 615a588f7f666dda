# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Draw zones and lines with their counts into an image."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from fairmot_ros.media.drawing import write_label
from fairmot_ros.zones.monitor import ZoneMonitor
from fairmot_ros.zones.observations import ZoneObservations

COLOUR = (60, 180, 255)  # BGR
TRANSPARENCY = 0.85
LARGEST = 30_000  # pixels; OpenCV draws nothing that is much farther
SHIFT = 4  # bits of the fraction of a pixel

Points = NDArray[np.float64]


def draw_zones(
    canvas: NDArray[np.uint8], monitor: ZoneMonitor, observations: ZoneObservations
) -> None:
    """Draw into an image, uint8 [H, W, 3]: zones shaded, lines with an arrow in forward direction.

    Args:
        canvas: the image.
        monitor: zones, lines and counts.
        observations: of the frame; nothing is drawn if the place of the zones is unknown.
    """
    outline = observations.outline
    if outline is None:
        return
    scale = max(0.4, min(canvas.shape[:2]) / 1000)
    thickness = max(1, round(2 * scale))
    shaded = canvas.copy()
    for zone, counts in zip(monitor.zones, monitor.zone_counts(), strict=True):
        corners = outline(zone.corners, True)
        if not _is_visible(corners, canvas):
            continue
        parts = _fixed_point(corners)
        cv2.fillPoly(shaded, [parts], COLOUR, shift=SHIFT)
        cv2.polylines(canvas, [parts], True, COLOUR, thickness, cv2.LINE_AA, SHIFT)
        text = f'{zone.name}: {len(counts.inside)}'
        write_label(canvas, text, _pixel(corners[0]), COLOUR, scale, thickness)
    cv2.addWeighted(canvas, TRANSPARENCY, shaded, 1 - TRANSPARENCY, 0, dst=canvas)
    for line, crossings in zip(monitor.lines, monitor.line_counts(), strict=True):
        ends = outline((line.start, line.end), False)
        if not _is_visible(ends, canvas):
            continue
        parts = _fixed_point(ends)
        cv2.polylines(canvas, [parts], False, COLOUR, thickness, cv2.LINE_AA, SHIFT)
        arrow = outline(line.arrow(observations.arrow_length), False)
        if len(arrow):
            start, tip = _pixel(arrow[0]), _pixel(arrow[-1])
            cv2.arrowedLine(canvas, start, tip, COLOUR, thickness, cv2.LINE_AA, tipLength=0.3)
        text = f'{line.name}: {crossings.forward} / {crossings.backward}'
        write_label(canvas, text, _pixel(ends[0]), COLOUR, scale, thickness)


def _is_visible(points: Points, canvas: NDArray[np.uint8]) -> bool:
    """Return whether the box around points [N, 2] overlaps the image."""
    if not len(points):
        return False
    height, width = canvas.shape[:2]
    inside = (points.max(axis=0) >= 0) & (points.min(axis=0) < (width, height))
    return bool(inside.all())


def _pixel(point: Points) -> tuple[int, int]:
    x, y = point.clip(-LARGEST, LARGEST).round().astype(int).tolist()
    return x, y


def _fixed_point(points: Points) -> NDArray[np.int32]:
    """Return points in parts of pixels, so that curved lines are smooth."""
    return (points.clip(-LARGEST, LARGEST) * (1 << SHIFT)).round().astype(np.int32)
