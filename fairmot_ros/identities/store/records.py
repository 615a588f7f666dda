# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Rows of the store."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray


class IdentityRecord(NamedTuple):
    """An identity.

    Attributes:
        global_id: id of the identity.
        name: name of an enrolled person; '' if not enrolled.
        class_id: class of its tracks, such as 'person'.
        first_seen, last_seen: times of the first and last observation, seconds.
    """

    global_id: int
    name: str
    class_id: str
    first_seen: float
    last_seen: float


class View(NamedTuple):
    """An embedding of an identity.

    Attributes:
        global_id: id of the identity.
        model: name of the model that computed the embedding.
        key: name of the source, or '/enrolled/<n>'; one embedding is stored for each key.
        stamp: time of the frame, seconds.
        embedding: float32 [D] of unit length.
    """

    global_id: int
    model: str
    key: str
    stamp: float
    embedding: NDArray[np.float32]


class Presence(NamedTuple):
    """Where an identity was: one track of one source.

    Attributes:
        global_id: id of the identity.
        source: name of the source.
        track_id: id of the track in the source.
        first, last: times of the first and last observation, seconds.
        position: metres (x, y) in the common frame when it was observed last; None if unknown.
        number: of the track in the store, 1 or more; 0 for a new one.
    """

    global_id: int
    source: str
    track_id: str
    first: float
    last: float
    position: tuple[float, float] | None = None
    number: int = 0
