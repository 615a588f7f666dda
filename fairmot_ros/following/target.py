# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Whom to follow, as given by a setting or a service: `nearest`, an id or a name."""

from __future__ import annotations

import re
from collections.abc import Container, Sequence
from dataclasses import dataclass, replace
from enum import Enum

NEAREST = re.compile(r'(?:(?P<camera>[A-Za-z]\w*)/)?nearest')
ID = re.compile(r'(?:(?P<camera>[A-Za-z]\w*)/)?(?P<number>\d+)')

MAX_DIGITS = 18  # of an id; longer ones are not in the range of int64


class TargetKind(Enum):
    """How a person is chosen."""

    NONE = 'none'
    NEAREST = 'nearest'
    ID = 'id'
    NAME = 'name'


@dataclass(frozen=True)
class Target:
    """A person to follow.

    Attributes:
        text: as given.
        kind: how the person is chosen.
        camera: that the person must be chosen in, None for any.
        track_id: of kind ID, otherwise 0.
    """

    text: str = ''
    kind: TargetKind = TargetKind.NONE
    camera: str | None = None
    track_id: int = 0

    def in_camera(self, camera: str) -> Target:
        """Return the target for one camera, which is none if another camera is meant."""
        if self.camera in (None, camera):
            return self
        return replace(self, kind=TargetKind.NONE)

    def problem(self, visible_ids: Container[int], names: Container[str] | None) -> str:
        """Return why the person cannot be chosen, '' if nothing prevents it.

        Args:
            visible_ids: of the tracks in the camera.
            names: of the enrolled people, None without a gallery.
        """
        if self.kind is TargetKind.ID and self.track_id not in visible_ids:
            return f'no visible track has the id {self.text}'
        if self.kind is TargetKind.NAME and names is None:
            return f'{self.text!r} is a name, and names need the gallery: set gallery to true'
        if self.kind is TargetKind.NAME and names is not None and self.text not in names:
            return f'no person is enrolled as {self.text!r}'
        return ''

    def check_camera(self, cameras: Sequence[str]) -> None:
        """Raise ValueError if the target belongs to a camera that does not exist."""
        if self.camera is None or self.camera in cameras:
            return
        form = self.kind.value if self.kind is TargetKind.NEAREST else str(self.track_id)
        raise ValueError(
            f'follow is {self.text!r}, which belongs to none of the cameras {list(cameras)!r}: '
            f'expected {" or ".join(f"{c}/{form}" if c else form for c in cameras)}'
        )


def parse_target(text: str) -> Target:
    """Read a target: `nearest`, `7`, or any other text as a name; '' for none.

    With several cameras, `front/nearest` and `front/7` belong to the camera `front`.

    Raises:
        ValueError: if the id is 0 or too long.

    Examples:
        >>> parse_target('front/7').track_id, parse_target('Ada').kind.name
        (7, 'NAME')
    """
    if not text:
        return Target()
    if match := NEAREST.fullmatch(text):
        return Target(text, TargetKind.NEAREST, match['camera'])
    if match := ID.fullmatch(text):
        digits = match['number']
        number = int(digits) if len(digits) <= MAX_DIGITS else 0
        if not number:
            raise ValueError(
                f'follow is {text[:40]!r}, but ids of tracks start at 1 and have at most '
                f'{MAX_DIGITS} digits'
            )
        return Target(text, TargetKind.ID, match['camera'] or '', number)
    return Target(text, TargetKind.NAME)
