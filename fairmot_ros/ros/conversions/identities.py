# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Tracks to observations, and identities to messages."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from std_msgs.msg import Header

from fairmot_ros.identities import (
    Assignment,
    IdentityEvent,
    KnownIdentity,
    Observation,
    SourceFrame,
)
from fairmot_ros.msg import IdentityEvent as IdentityEventMessage
from fairmot_ros.msg import KnownIdentity as KnownIdentityMessage
from fairmot_ros.msg import (
    Track,
    TrackArray,
    TrackIdentity,
    TrackIdentityArray,
    TrackPositionArray,
)
from fairmot_ros.ros.conversions.times import to_seconds, to_time


def to_frame(source: str, tracks: TrackArray, positions: TrackPositionArray | None) -> SourceFrame:
    """Return the tracks of a message that are seen in its frame, not lost or tentative.

    Args:
        source: name of the source.
        tracks: tracks of one frame.
        positions: positions of the same frame, in a frame common to all sources.

    Raises:
        ValueError: if a value cannot be used.
    """
    places = {} if positions is None else {p.track_id: p for p in positions.positions}
    observations = []
    for track in tracks.tracks:
        if track.state != Track.TRACKED:
            continue
        centre, size = track.bbox.center.position, (track.bbox.size_x, track.bbox.size_y)
        half = np.array(size) / 2
        middle = np.array((centre.x, centre.y))
        place = places.get(track.track_id)
        position = covariance = None
        if place is not None:
            position = (place.position.x, place.position.y)
            covariance = np.reshape(place.covariance, (6, 6))[:2, :2]
        observations.append(
            Observation(
                id_of(track),
                np.concatenate((middle - half, middle + half)),
                track.embedding if len(track.embedding) else None,
                position,
                covariance,
                class_id=track.class_id,
                age=to_seconds(track.age),
            )
        )
    return SourceFrame(source, to_seconds(tracks.header.stamp), tracks.model, tuple(observations))


def id_of(track: Track) -> str:
    """Return the id of a track within its node; bags of earlier versions have only a number."""
    return track.id or str(track.track_id)


def to_identities(
    source: str, header: Header, assignments: Sequence[Assignment]
) -> TrackIdentityArray:
    """Return the identities of the tracks of one frame."""
    return TrackIdentityArray(
        header=header,
        source=source,
        identities=[
            TrackIdentity(
                track_id=a.track_id,
                global_id=a.global_id,
                name=a.name,
                similarity=float(a.similarity),
                state=int(a.state),
            )
            for a in assignments
        ],
    )


def to_event(event: IdentityEvent) -> IdentityEventMessage:
    """Return a change of an identity."""
    return IdentityEventMessage(
        stamp=to_time(event.stamp),
        kind=int(event.kind),
        global_id=event.global_id,
        other=event.other,
        source=event.source,
        track_id=event.track_id,
        name=event.name,
        similarity=float(event.similarity),
        reason=event.reason,
    )


def to_known(identity: KnownIdentity) -> KnownIdentityMessage:
    """Return an identity, as listed."""
    return KnownIdentityMessage(
        global_id=identity.global_id,
        name=identity.name,
        class_id=identity.class_id,
        first_seen=to_time(identity.first_seen),
        last_seen=to_time(identity.last_seen),
        sources=list(identity.sources),
        visible=[f'{source}/{track_id}' for source, track_id in identity.tracks],
        embeddings=identity.embeddings,
    )
