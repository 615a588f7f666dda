# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Ground truth for the images of a bag, from a topic or from a MOTChallenge file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fairmot_ros.evaluation.bags.bag import Bag
from fairmot_ros.evaluation.bags.boxes import read_boxes
from fairmot_ros.evaluation.bags.errors import BagError
from fairmot_ros.evaluation.bags.frames import FrameIndex
from fairmot_ros.evaluation.bags.message_types import BOX_TYPES
from fairmot_ros.evaluation.metrics.label_notes import notes_on
from fairmot_ros.evaluation.mot.classes import CLASS_NUMBERS, WITH_CLASSES
from fairmot_ros.evaluation.mot.text_format import CLASS, FRAME, MARK, MotArray, read_mot

#: Labels of people.
PERSON_LABELS = ('person', 'pedestrian', 'people', 'human')
#: Largest number of other labels in a note.
MAX_LISTED_LABELS = 5


@dataclass(frozen=True, eq=False)
class GroundTruth:
    """Ground truth of a recording.

    Attributes:
        rows: [N, 10] MOTChallenge rows; frame n is the n-th image of the recording.
        annotated: bool [F], whether each image has ground truth; others are not evaluated.
        benchmark: benchmark whose rules apply.
        source: topic or file.
        notes: remarks for the user.
    """

    rows: MotArray
    annotated: NDArray[np.bool_]
    benchmark: str
    source: str
    notes: tuple[str, ...] = ()


def from_topic(
    bag: Bag,
    topic: str,
    frames: FrameIndex,
    benchmark: str | None = None,
    *,
    limited: bool = False,
) -> GroundTruth:
    """Read ground truth from a topic; messages belong to the image with the same stamp.

    Images without a message are not evaluated. If all labels are classes of MOT16 to MOT20, the
    rules of MOT17 apply. Otherwise, boxes with a label of `PERSON_LABELS` count, or all boxes if
    there are none.

    Args:
        bag: the bag.
        topic: name of the topic.
        frames: the images.
        benchmark: benchmark whose rules apply; None to derive it from the labels.
        limited: whether only the first images are used, so that no note is needed on ground truth
            after the last one.

    Raises:
        BagError: if no message has the stamp of an image.
    """
    name = bag.check(topic, BOX_TYPES)
    table = read_boxes(bag, name)
    numbers = frames.numbers(table.stamps)
    if not numbers.any():
        raise BagError(_explain_mismatch(bag, name, table.stamps, frames))
    rows, labels = table.rows(numbers)
    notes = []
    late = table.stamps > frames.stamps.max()
    unmatched = int(((numbers == 0) & ~(late & limited)).sum())
    if unmatched:
        notes.append(
            f'{unmatched} of {len(numbers)} messages on {name} do not have the stamp of an image'
        )
    if set(labels.tolist()) <= set(CLASS_NUMBERS) and len(labels):
        rows[:, MARK] = rows[:, MARK] > 0
        derived = 'MOT17'
    else:
        keep, others = _person_rows(labels.tolist())
        rows = rows[keep]
        rows[:, MARK], rows[:, CLASS:] = 1, -1
        derived = 'MOT15'
        if others:
            notes.append(f'boxes with other labels than people are ignored: {others}')
    annotated = np.zeros(len(frames), bool)
    annotated[numbers[numbers > 0] - 1] = True
    missing = int((~annotated).sum())
    if missing:
        notes.append(
            f'{missing} of {len(frames)} images have no ground truth and are not evaluated'
        )
    return GroundTruth(rows, annotated, benchmark or derived, name, tuple(notes))


def from_file(
    path: str | Path,
    frames: FrameIndex,
    rate: float | None = None,
    benchmark: str | None = None,
    *,
    limited: bool = False,
) -> GroundTruth:
    """Read ground truth from a MOTChallenge file; all images are evaluated.

    Args:
        path: path of the file; with 8 or 9 columns it has the classes of MOT16, MOT17 and MOT20.
        frames: the images; frame n of the file is the n-th image message.
        rate: frames per second of the file, to find its frames by time instead: frame n is the
            image (n - 1) / rate seconds after the first one.
        benchmark: benchmark whose rules apply; None to derive it from the columns.
        limited: see `from_topic`.

    Raises:
        FileNotFoundError: if there is no such file.
        ValueError: if the file is invalid, or none of its frames is among the images.
    """
    given = read_mot(path)
    classes = given.shape[1] in WITH_CLASSES and (given[:, CLASS] > 0).all() and len(given)
    rows = np.full((len(given), 10), -1.0)
    columns = CLASS + 1 if classes else CLASS
    rows[:, :columns] = given[:, :columns]
    numbers = _by_time(frames, rate) if rate else frames.positions
    image = {number: index for index, number in reversed(list(enumerate(numbers.tolist(), 1)))}
    used = benchmark or ('MOT17' if classes else 'MOT15')
    rows[:, FRAME] = [image.get(int(frame), 0) for frame in given[:, FRAME]]
    inside = rows[:, FRAME] > 0
    notes = notes_on(given, used, path) if used == 'MOT15' or classes else []
    if len(given) and not inside.any():
        first, last = int(given[:, FRAME].min()), int(given[:, FRAME].max())
        raise BagError(
            f'{path} does not overlap with the bag: it has frames {first} to {last}, but the '
            f'{len(frames)} images of the bag are frames {numbers[0]} to {numbers[-1]}'
        )
    if not inside.all() and not limited:
        notes.append(
            f'{int((~inside).sum())} of {len(given)} boxes of {path} are ignored, as their frames '
            f'are not among the {len(frames)} images of the bag'
        )
    return GroundTruth(
        rows[inside],
        np.ones(len(frames), bool),
        used,
        str(path),
        tuple(notes),
    )


def _by_time(frames: FrameIndex, rate: float) -> NDArray[np.int64]:
    seconds = (frames.stamps - frames.stamps.min()) * 1e-9
    return np.rint(seconds * rate).astype(np.int64) + 1


def _person_rows(labels: Collection[str]) -> tuple[NDArray[np.bool_], str]:
    """Return which boxes have the label of a person, and a list of the other labels as text."""
    keep = np.array([label.lower() in PERSON_LABELS for label in labels], bool)
    if not keep.any():
        return np.ones(len(keep), bool), ''
    others = Counter(label for label, kept in zip(labels, keep) if not kept).most_common()
    return keep, ', '.join(f'{n} {label or "unnamed"}' for label, n in others[:MAX_LISTED_LABELS])


def _explain_mismatch(bag: Bag, name: str, stamps: NDArray[np.int64], frames: FrameIndex) -> str:
    """Return why no message belongs to an image."""
    if not len(stamps):
        return f'{name} in {bag.path} has no readable message'
    start, end = (stamps.min() * 1e-9, stamps.max() * 1e-9)
    if end < frames.span[0] or start > frames.span[1]:
        return (
            f'the ground truth {name} does not overlap with the images of {bag.path} in time: it '
            f'covers {start:.3f} to {end:.3f} s, the images {frames.span[0]:.3f} to '
            f'{frames.span[1]:.3f} s'
        )
    return (
        f'no message on {name} has the stamp of an image of {bag.path}: ground truth must have '
        'the header stamps of the images, to the millisecond'
    )
