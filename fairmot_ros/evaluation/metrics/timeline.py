"""Who was followed when: each person's matches over time, and where it went wrong."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from fairmot_ros.evaluation.metrics.clear import match_frames
from fairmot_ros.evaluation.metrics.preprocessing import MotSequence


@dataclass
class Span:
    """Frames without a gap in which one person has one track; `track` is the result's id."""

    first: int
    last: int
    track: int


@dataclass
class Person:
    """One ground-truth track.

    Attributes:
        name: its id.
        first, last: frames of its first and last box.
        spans: in which it was followed.
        switches: frames in which it got another id.
    """

    name: int
    first: int
    last: int
    spans: list[Span] = field(default_factory=list)
    switches: list[int] = field(default_factory=list)


@dataclass(frozen=True, eq=False)
class Timeline:
    """What happened in each frame of a sequence.

    Attributes:
        people: in the order of their appearance.
        numbers: [F], the frames that have a box.
        missed, superfluous, switched: int64 [F], ground truth without a result, results
            without a ground truth, and identity switches.
    """

    people: list[Person]
    numbers: NDArray[np.int64]
    missed: NDArray[np.int64]
    superfluous: NDArray[np.int64]
    switched: NDArray[np.int64]

    def worst(self, count: int, apart: int) -> list[int]:
        """Return the frames with the most errors, none closer to a worse one than `apart`.

        A switch counts as much as three boxes: it spoils all that comes after it.
        """
        errors = self.missed + self.superfluous + 3 * self.switched
        chosen: list[int] = []
        for index in np.argsort(-errors, kind='stable').tolist():
            number = int(self.numbers[index])
            if len(chosen) == count or not errors[index]:
                break
            if all(abs(number - other) >= apart for other in chosen):
                chosen.append(number)
        return chosen


def make_timeline(sequence: MotSequence) -> Timeline:
    """Match a sequence as CLEAR MOT does and keep what happened when."""
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
            _follow(people[gt_id], frame.number, int(sequence.result_names[result_id]), switched)
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


def _follow(person: Person, number: int, track: int, switched: bool) -> None:
    """Note that a person was matched in a frame."""
    if switched:
        person.switches.append(number)
    spans = person.spans
    if spans and spans[-1].track == track and spans[-1].last == number - 1:
        spans[-1].last = number
    else:
        spans.append(Span(number, number, track))
