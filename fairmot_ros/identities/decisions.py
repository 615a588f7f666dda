# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Output of the matching: the identity of each track, and events when a decision changes."""

from __future__ import annotations

from enum import IntEnum
from typing import NamedTuple


class AssignmentState(IntEnum):
    """How certain the identity of a track is."""

    #: Too little was seen of the track; it has no identity yet.
    UNDECIDED = 0
    #: The track is the first that was seen of its identity.
    NEW = 1
    #: The track was matched to an identity that was known before.
    MATCHED = 2


class Assignment(NamedTuple):
    """The identity of one track.

    Attributes:
        source: name of the source.
        track_id: id of the track in that source.
        global_id: id of the identity, 1 or more; 0 while undecided.
        name: name of the identity, '' without one.
        similarity: cosine similarity -1..1 to the embeddings of the identity that decided the
            match; 0 if the state is not MATCHED, or positions alone decided.
        state: see `AssignmentState`.
    """

    source: str
    track_id: str
    global_id: int
    name: str
    similarity: float
    state: AssignmentState


class EventKind(IntEnum):
    """What happened to an identity."""

    #: A new identity.
    CREATED = 0
    #: A track was matched to an identity that was known before.
    MATCHED = 1
    #: `other` was found to be the same as `global_id`, and is replaced by it from now on.
    MERGED = 2
    #: Tracks were taken from `other`; they now have the id `global_id`.
    SPLIT = 3
    #: The identity has a name now.
    NAMED = 4
    #: The identity was removed on request.
    FORGOTTEN = 5
    #: The identity was removed because it was not seen for the retention time.
    EXPIRED = 6


class IdentityEvent(NamedTuple):
    """A change.

    Attributes:
        stamp: time in seconds.
        kind: see `EventKind`.
        global_id: the identity that exists now (or, removed, existed).
        other: the second identity of MERGED and SPLIT, otherwise 0.
        source: of the track that caused the change, '' without one.
        track_id: of that track.
        name: of the identity.
        similarity: cosine similarity that decided, 0 without one.
        reason: one sentence.
    """

    stamp: float
    kind: EventKind
    global_id: int
    other: int = 0
    source: str = ''
    track_id: str = ''
    name: str = ''
    similarity: float = 0.0
    reason: str = ''


class KnownIdentity(NamedTuple):
    """An identity, as listed.

    Attributes:
        global_id: its id.
        name: its name, '' without one.
        class_id: its class.
        first_seen: time of the first observation, seconds.
        last_seen: time of the last observation, seconds.
        sources: names of the sources that saw it.
        tracks: (source, track id) of the tracks that are visible now.
        embeddings: number of stored embeddings.
    """

    global_id: int
    name: str
    class_id: str
    first_seen: float
    last_seen: float
    sources: tuple[str, ...]
    tracks: tuple[tuple[str, str], ...]
    embeddings: int


class IdentityCounts(NamedTuple):
    """Numbers of identities.

    Attributes:
        known: all of them.
        named: with a name.
        visible: with a track that is visible, or was not long ago.
    """

    known: int
    named: int
    visible: int


class IdentityMatch(NamedTuple):
    """An identity that is similar to an embedding.

    Attributes:
        global_id: its id.
        name: its name, '' without one.
        similarity: cosine similarity, -1..1.
    """

    global_id: int
    name: str
    similarity: float
