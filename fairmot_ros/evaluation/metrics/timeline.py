# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Timeline of a sequence: matches of each ground-truth track, and errors of each frame."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from fairmot_ros.evaluation.metrics.clear import match_frames
from fairmot_ros.evaluation.metrics.preprocessing import MotSequence


@dataclass
class Span:
    """Consecutive frames in which a person is matched to the same track id."""

    first: int
    last: int
    track: int


@dataclass
class Person:
    """A ground-truth track.

    Attributes:
        name: its id.
        first, last: frames of its first and last box.
        spans: frames in which it was matched.
        switches: frames with an identity switch.
    """

    name: int
    first: int
    last: int
    spans: list[Span] = field(default_factory=list)
    switches: list[int] = field(default_factory=list)


@dataclass(frozen=True, eq=False)
class Timeline:
    """Matches and errors of a sequence over time.

    Attributes:
        people: ground-truth tracks in the order of their first frame.
        numbers: [F], numbers of the frames with any box.
        missed, false_positives, switched: int64 [F], numbers of false negatives, false positives
            and identity switches in each frame.
    """

    people: list[Person]
    numbers: NDArray[np.int64]
    missed: NDArray[np.int64]
    false_positives: NDArray[np.int64]
    switched: NDArray[np.int64]

    def worst(self, count: int, apart: int) -> list[int]:
        """Return the `count` frames with the most errors, at least `apart` frames apart.

        An identity switch counts as three errors, as it affects all later frames.
        """
        errors = self.missed + self.false_positives + 3 * self.switched
        chosen: list[int] = []
        for index in np.argsort(-errors, kind='stable').tolist():
            number = int(self.numbers[index])
            if len(chosen) == count or not errors[index]:
                break
            if all(abs(number - other) >= apart for other in chosen):
                chosen.append(number)
        return chosen


def make_timeline(sequence: MotSequence) -> Timeline:
    """Match a sequence as CLEAR MOT does, and record matches and errors over time."""
    people: dict[int, Person] = {}
    counts = []
    for matches in match_frames(sequence):
        frame = matches.frame
        for gt_id in frame.gt_ids.tolist():
            name = int(sequence.gt_names[gt_id])
            person = people.setdefault(gt_id, Person(name, frame.number, frame.number))
            person.last = frame.number
        for gt_id, result_id, switched in zip(
            matches.gt_ids.tolist(), matches.result_ids.tolist(), matches.switched.tolist()
        ):
            track = int(sequence.result_names[result_id])
            _add_match(people[gt_id], frame.number, track, switched)
        pairs = len(matches.gt_ids)
        counts.append(
            (
                frame.number,
                len(frame.gt_ids) - pairs,
                len(frame.result_ids) - pairs,
                int(matches.switched.sum()),
            )
        )
    columns = np.array(counts, dtype=np.int64).reshape(-1, 4).T
    return Timeline(list(people.values()), *columns)


def _add_match(person: Person, number: int, track: int, switched: bool) -> None:
    """Record that a person was matched to a track in a frame."""
    if switched:
        person.switches.append(number)
    spans = person.spans
    if spans and spans[-1].track == track and spans[-1].last == number - 1:
        spans[-1].last = number
    else:
        spans.append(Span(number, number, track))
