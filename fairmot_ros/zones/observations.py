# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""One frame in the unit of the zones: where the tracks are, and where the zones are in the image.

Zones are in pixels of the image, or in metres on the floor of a fixed frame.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fairmot_ros.spatial.camera_view import CameraView
from fairmot_ros.spatial.located import LocatedPeople, LocatedPerson
from fairmot_ros.types import Track, Tracks
from fairmot_ros.zones.monitor import Position

Array = NDArray[np.float64]

#: Returns the pixels [M, 2] of a polygon (if true) or line through points [N, 2]; empty if it is
#: not visible.
Outline = Callable[[ArrayLike, bool], Array]

#: Lengths of the arrow that shows the forward direction of a line, pixels and metres.
ARROW_PIXELS, ARROW_METRES = 40.0, 0.5


@dataclass(frozen=True)
class ZoneObservations:
    """What zones and lines need of a frame.

    Attributes:
        positions: of the observed tracks by id, in the unit of the zones.
        outline: projects zones and lines into the image; None if their place in it is unknown.
        arrow_length: in the unit of the zones.
    """

    positions: Mapping[int, Position]
    outline: Outline | None
    arrow_length: float


def observe_in_image(visible: Tracks, margin: float) -> ZoneObservations:
    """Return the observations for zones in pixels: tracks are at the bottom centre of their box.

    Args:
        visible: tracks of the frame.
        margin: see `Position`, as a share of the height of the box.
    """
    positions = {track.track_id: _feet(track, margin) for track in visible}
    return ZoneObservations(positions, lambda points, _: np.asarray(points, float), ARROW_PIXELS)


def observe_on_floor(located: LocatedPeople, margin: float) -> ZoneObservations:
    """Return the observations for zones in metres, x and y at the height z = 0.

    People whose position is predicted are not observed.

    Args:
        located: people of the frame.
        margin: see `Position`, as a share of a person's height; the standard deviation of the
            position is added.
    """
    positions = {
        person.track.track_id: _place(person, margin)
        for person in located.people
        if person.measured
    }
    outline = None if located.view is None else _projection(located.view)
    return ZoneObservations(positions, outline, ARROW_METRES)


def _feet(track: Track, margin: float) -> Position:
    left, top, width, height = track.box_xywh.tolist()
    return Position((left + width / 2, top + height), margin * height)


def _place(person: LocatedPerson, margin: float) -> Position:
    x, y, _ = person.position.tolist()
    variance = float(np.linalg.eigvalsh(person.covariance[:2, :2])[-1])
    return Position((x, y), margin * float(person.size[1]) + variance**0.5)


def _projection(view: CameraView) -> Outline:
    def outline(points: ArrayLike, closed: bool) -> Array:
        places = np.asarray(points, np.float64)
        return view.outline(np.column_stack((places, np.zeros(len(places)))), closed=closed)

    return outline
