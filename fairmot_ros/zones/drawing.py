"""Draw zones and lines with their counts into an image."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from fairmot_ros.media.drawing import write_label
from fairmot_ros.zones.monitor import ZoneMonitor
from fairmot_ros.zones.shapes import Line

COLOUR = (60, 180, 255)  # BGR
TRANSPARENCY = 0.85
ARROW_LENGTH = 40  # pixels


def draw_zones(canvas: NDArray[np.uint8], monitor: ZoneMonitor) -> None:
    """Draw into an image, uint8 [H, W, 3]: zones shaded, lines with an arrow in forward direction.

    The pixels of the image are the unit of the zones.
    """
    scale = max(0.4, min(canvas.shape[:2]) / 1000)
    thickness = max(1, round(2 * scale))
    shaded = canvas.copy()
    for zone, counts in zip(monitor.zones, monitor.zone_counts(), strict=True):
        corners = np.array(zone.corners).clip(-30_000, 30_000).round().astype(np.int32)
        cv2.fillPoly(shaded, [corners], COLOUR)
        cv2.polylines(canvas, [corners], True, COLOUR, thickness, cv2.LINE_AA)
        text = f'{zone.name}: {len(counts.inside)}'
        write_label(canvas, text, tuple(corners[0].tolist()), COLOUR, scale, thickness)
    cv2.addWeighted(canvas, TRANSPARENCY, shaded, 1 - TRANSPARENCY, 0, dst=canvas)
    for line, crossings in zip(monitor.lines, monitor.line_counts(), strict=True):
        ends = np.array((line.start, line.end)).clip(-30_000, 30_000).round().astype(int)
        start, end = (tuple(point) for point in ends.tolist())
        cv2.line(canvas, start, end, COLOUR, thickness, cv2.LINE_AA)
        cv2.arrowedLine(canvas, *_arrow(line), COLOUR, thickness, cv2.LINE_AA, tipLength=0.3)
        text = f'{line.name}: {crossings.forward} / {crossings.backward}'
        write_label(canvas, text, start, COLOUR, scale, thickness)


def _arrow(line: Line) -> tuple[tuple[int, int], tuple[int, int]]:
    """Return the ends of an arrow from the middle of a line in forward direction."""
    start, end = np.array(line.start), np.array(line.end)
    along = (end - start) / np.linalg.norm(end - start)
    middle = (start + end) / 2
    tip = middle + ARROW_LENGTH * np.array((-along[1], along[0]))
    first, last = (tuple(point.round().astype(int).tolist()) for point in (middle, tip))
    return first, last
