"""People of videos linked over frames by a teacher: the same person in other poses."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from fairmot_ros.training.data.sources import DataError, Photograph

Array = NDArray[np.float32]

#: Cosine between a person and a track from which on they may be the same.
LEAST_SIMILARITY = 0.6
#: By so much the person must be more similar than any other of the frame.
MARGIN = 0.1
#: A track ends when it is not found in so many frames.
MAX_GAP = 8
SHORTEST = 3  # frames of a track that is kept
KEPT_SHARE = 0.7  # of a track's embedding, with each further frame


@dataclass
class Track:
    """One person.

    Attributes:
        members: (frame, row) of each box, in the order of the frames.
        embedding: running mean [T].
    """

    embedding: Array
    members: list[tuple[int, int]] = field(default_factory=list)


def link(frames: Iterable[Array]) -> list[Track]:
    """Link people over the frames of a video where a teacher is certain.

    A person and a track are linked if each is the other's most similar one, and no other person
    of the frame is nearly as similar to the track.

    Args:
        frames: unit embeddings [N, T] of the people in each frame.

    Returns:
        Tracks of at least SHORTEST frames.
    """
    tracks: list[Track] = []
    active: list[Track] = []
    for number, embeddings in enumerate(frames):
        active = [track for track in active if number - track.members[-1][0] <= MAX_GAP]
        found = _match(embeddings, active)
        for row, embedding in enumerate(embeddings):
            track = active[found[row]] if row in found else Track(embedding)
            if row not in found:
                tracks.append(track)
            track.embedding = KEPT_SHARE * track.embedding + (1 - KEPT_SHARE) * embedding
            track.members.append((number, row))
        active = [track for track in tracks if number - track.members[-1][0] <= MAX_GAP]
    return [track for track in tracks if len(track.members) >= SHORTEST]


def _match(embeddings: Array, tracks: Sequence[Track]) -> dict[int, int]:
    """Return row of the person -> row of the track for the certain links."""
    if not len(embeddings) or not tracks:
        return {}
    known = np.array([track.embedding for track in tracks])
    known /= np.linalg.norm(known, axis=1, keepdims=True)
    similarity = embeddings @ known.T
    found = {}
    for row, track in enumerate(similarity.argmax(axis=1)):
        column = similarity[:, track]
        others = np.delete(column, row)
        if column[row] > LEAST_SIMILARITY and column[row] - others.max(initial=-1.0) > MARGIN:
            found[row] = int(track)
    return found


def videos(photographs: Iterable[Photograph], pattern: str) -> dict[str, list[Photograph]]:
    """Return the frames of each video in their order, by the video's name.

    Args:
        photographs: images of a set; those that do not match are left out.
        pattern: regular expression that is searched in the file name; the last group that
            matches is the number of the frame, those before it together name the video.

    Raises:
        DataError: if the pattern is wrong.
    """
    try:
        expression = re.compile(pattern)
    except re.error as error:
        raise DataError(f'frames: {pattern!r} is no regular expression: {error}') from error
    if not expression.groups:
        raise DataError(f'frames: {pattern!r} needs a group for the number of the frame')
    frames: dict[str, list[tuple[int, str, Photograph]]] = defaultdict(list)
    for photograph in photographs:
        match = expression.search(photograph.path.name)
        groups = [group for group in match.groups() if group] if match else []
        if groups and groups[-1].isdigit():
            frames['/'.join(groups[:-1])].append(
                (int(groups[-1]), photograph.path.name, photograph)
            )
    return {
        name: [frame[2] for frame in sorted(rows, key=lambda row: row[:2])]
        for name, rows in frames.items()
    }
