# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Linking of people over the frames of videos by the embeddings of a teacher."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from fairmot_ros.training.data.labelled_image import LabelledImage
from fairmot_ros.training.data.problems import DataError

Array = NDArray[np.float32]

MIN_SIMILARITY = 0.6  # cosine between a person and the track
MIN_MARGIN = 0.1  # by which the similarity exceeds that of every other person of the frame
MAX_GAP = 8  # frames without a match after which a track ends
MIN_LENGTH = 3  # frames
MOMENTUM = 0.7  # of the running mean of a track's embeddings


@dataclass
class VideoTrack:
    """A person in a video.

    Attributes:
        embedding: running mean of the embeddings, float32 [T].
        members: (frame number, row) of each box, in the order of the frames.
    """

    embedding: Array
    members: list[tuple[int, int]] = field(default_factory=list)


def link_people(frames: Iterable[Array]) -> list[VideoTrack]:
    """Link people over the frames of a video where their embeddings are unambiguous.

    A person is linked to the most similar track if their cosine exceeds MIN_SIMILARITY, and
    exceeds that of every other person of the frame to the track by MIN_MARGIN.

    Args:
        frames: unit embeddings [N, T] of the people of each frame.

    Returns:
        The tracks with at least MIN_LENGTH frames.
    """
    tracks: list[VideoTrack] = []
    active: list[VideoTrack] = []
    for number, embeddings in enumerate(frames):
        active = [track for track in active if number - track.members[-1][0] <= MAX_GAP]
        matches = _match(embeddings, active)
        for row, embedding in enumerate(embeddings):
            track = active[matches[row]] if row in matches else VideoTrack(embedding)
            if row not in matches:
                tracks.append(track)
            track.embedding = MOMENTUM * track.embedding + (1 - MOMENTUM) * embedding
            track.members.append((number, row))
        active = [track for track in tracks if number - track.members[-1][0] <= MAX_GAP]
    return [track for track in tracks if len(track.members) >= MIN_LENGTH]


def _match(embeddings: Array, tracks: Sequence[VideoTrack]) -> dict[int, int]:
    """Return the index of the track by row of the person, for unambiguous matches."""
    if not len(embeddings) or not tracks:
        return {}
    of_tracks = np.array([track.embedding for track in tracks])
    of_tracks /= np.linalg.norm(of_tracks, axis=1, keepdims=True)
    similarity = embeddings @ of_tracks.T
    matches = {}
    for row, track in enumerate(similarity.argmax(axis=1)):
        column = similarity[:, track]
        others = np.delete(column, row)
        if column[row] > MIN_SIMILARITY and column[row] - others.max(initial=-1.0) > MIN_MARGIN:
            matches[row] = int(track)
    return matches


def group_by_video(
    images: Iterable[LabelledImage], pattern: str
) -> dict[str, list[LabelledImage]]:
    """Group images by video, with the frames in order.

    Args:
        images: images of a dataset; those whose name does not match are dropped.
        pattern: regular expression that is searched in the file name. The last matching group is
            the frame number; the matching groups before it, joined, are the name of the video.

    Returns:
        The frames by name of the video.

    Raises:
        DataError: if the pattern is not a regular expression or has no group.
    """
    try:
        expression = re.compile(pattern)
    except re.error as error:
        raise DataError(
            f'frames: {pattern!r} is not a valid regular expression: {error}'
        ) from error
    if not expression.groups:
        raise DataError(f'frames: {pattern!r} needs a group for the number of the frame')
    frames: dict[str, list[tuple[int, str, LabelledImage]]] = defaultdict(list)
    for image in images:
        match = expression.search(image.path.name)
        groups = [group for group in match.groups() if group] if match else []
        if groups and groups[-1].isdigit():
            frames['/'.join(groups[:-1])].append((int(groups[-1]), image.path.name, image))
    return {
        name: [frame[2] for frame in sorted(rows, key=lambda row: row[:2])]
        for name, rows in frames.items()
    }
