# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Draw zones and lines with their counts into an image."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

from fairmot_ros.media.drawing import write_label
from fairmot_ros.zones.monitor import ZoneMonitor
from fairmot_ros.zones.observations import ZoneObservations

COLOUR = (60, 180, 255)  # BGR
TRANSPARENCY = 0.85
LARGEST = 30_000  # pixels; OpenCV draws nothing that is much farther


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
        corners = _pixels(outline(zone.corners, True))
        if not len(corners):
            continue
        cv2.fillPoly(shaded, [corners], COLOUR)
        cv2.polylines(canvas, [corners], True, COLOUR, thickness, cv2.LINE_AA)
        text = f'{zone.name}: {len(counts.inside)}'
        write_label(canvas, text, tuple(corners[0].tolist()), COLOUR, scale, thickness)
    cv2.addWeighted(canvas, TRANSPARENCY, shaded, 1 - TRANSPARENCY, 0, dst=canvas)
    for line, crossings in zip(monitor.lines, monitor.line_counts(), strict=True):
        ends = _pixels(outline((line.start, line.end), False))
        if not len(ends):
            continue
        cv2.polylines(canvas, [ends], False, COLOUR, thickness, cv2.LINE_AA)
        arrow = _pixels(outline(line.arrow(observations.arrow_length), False))
        if len(arrow):
            start, tip = (tuple(point) for point in arrow[[0, -1]].tolist())
            cv2.arrowedLine(canvas, start, tip, COLOUR, thickness, cv2.LINE_AA, tipLength=0.3)
        text = f'{line.name}: {crossings.forward} / {crossings.backward}'
        write_label(canvas, text, tuple(ends[0].tolist()), COLOUR, scale, thickness)


def _pixels(points: ArrayLike) -> NDArray[np.int32]:
    return np.asarray(points, float).clip(-LARGEST, LARGEST).round().astype(np.int32)
