# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""People located in space: what the outputs of positions are made of."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fairmot_ros.spatial.camera_view import CameraView
from fairmot_ros.types import Track

Array = NDArray[np.float64]


@dataclass(frozen=True)
class LocatedPerson:
    """One person.

    Attributes:
        track: of the person.
        position: float64 [3] metres, the middle of the body.
        velocity: float64 [3] metres per second, None if it is not estimated.
        covariance: float64 [6, 6] of position and velocity, or [3, 3] of the position alone.
        size: float64 [2] metres, width and height.
        measured: whether the position was measured in this frame; otherwise it is predicted.
    """

    track: Track
    position: Array
    velocity: Array | None
    covariance: Array
    size: Array
    measured: bool


@dataclass(frozen=True)
class LocatedPeople:
    """The people of one frame.

    Attributes:
        frame_id: of all positions.
        upright: whether the z axis of that frame points up; otherwise it is an optical frame,
            whose y axis points down.
        camera: float64 [3] metres, place of the camera in that frame, None if unknown.
        people: in the order of the tracks, lost ones last.
        view: of the camera on that frame; None if its calibration or place is unknown.
    """

    frame_id: str
    upright: bool
    camera: Array | None
    people: tuple[LocatedPerson, ...]
    view: CameraView | None = None
