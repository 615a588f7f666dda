"""Ground truth for the images of a bag, from one of its topics or from a file."""

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

PEOPLE = ('person', 'pedestrian', 'people', 'human')  # labels that mean a person
NAMED_AT_MOST = 5


@dataclass(frozen=True, eq=False)
class GroundTruth:
    """The truth about a bag.

    Attributes:
        rows: [N, 10] MOTChallenge rows, frames numbered as the bag's images.
        judged: bool [F], for each image whether the truth about it is known.
        benchmark: whose rules apply.
        source: the topic or file.
        notes: what a user should know.
    """

    rows: MotArray
    judged: NDArray[np.bool_]
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
    """Match boxes with images by their stamps; images without a message are not judged.

    A label that is a class of MOT16 to MOT20 is treated as there; of other labels, those that
    mean a person count, or all where none does.

    Args:
        bag: what holds the topic.
        topic: its name.
        frames: the images.
        benchmark: whose rules apply; None to tell by the labels.
        limited: whether the images were cut short on purpose: truth after the last one is
            then nothing to be told of.

    Raises:
        BagError: if no stamp fits.
    """
    name = bag.check(topic, BOX_TYPES)
    table = read_boxes(bag, name)
    numbers = frames.numbers(table.stamps)
    if not numbers.any():
        raise BagError(_apart(bag, name, table.stamps, frames))
    rows, labels = table.rows(numbers)
    notes = []
    late = table.stamps > frames.stamps.max()
    lost = int(((numbers == 0) & ~(late & limited)).sum())
    if lost:
        notes.append(f'{lost} of {len(numbers)} messages of {name} have the stamp of no image')
    if set(labels.tolist()) <= set(CLASS_NUMBERS) and len(labels):
        rows[:, MARK] = rows[:, MARK] > 0
        found = 'MOT17'
    else:
        keep, left_out = _people(labels.tolist())
        rows = rows[keep]
        rows[:, MARK], rows[:, CLASS:] = 1, -1
        found = 'MOT15'
        if left_out:
            notes.append(f'the ground truth also holds {left_out}: left out')
    judged = np.zeros(len(frames), bool)
    judged[numbers[numbers > 0] - 1] = True
    missing = int((~judged).sum())
    if missing:
        notes.append(f'{missing} of {len(frames)} images have no ground truth and do not count')
    return GroundTruth(rows, judged, benchmark or found, name, tuple(notes))


def from_file(
    path: str | Path,
    frames: FrameIndex,
    rate: float | None = None,
    benchmark: str | None = None,
    *,
    limited: bool = False,
) -> GroundTruth:
    """Match the frames of a MOTChallenge file with images, all of which are judged.

    Args:
        path: the file; with 8 or 9 columns it has the classes of MOT16, MOT17 and MOT20.
        frames: the images; frame n is the n-th message with an image.
        rate: frames per second of the file, if its frames are to be found by time instead:
            frame 1 is the first image, frame n the one 1 / rate x (n - 1) seconds later.
        benchmark: whose rules apply; None to tell by the columns.
        limited: see `from_topic`.

    Raises:
        FileNotFoundError: if there is no such file.
        ValueError: if it breaks the format, or no frame of it is among the images.
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
            f'{path} does not overlap with the bag: it is about frames {first} to {last}, and '
            f"the bag's {len(frames)} images are frames {numbers[0]} to {numbers[-1]}"
        )
    if not inside.all() and not limited:
        notes.append(
            f'{int((~inside).sum())} of {len(given)} boxes of {path} are about frames other than '
            f"the bag's {len(frames)} images: left out"
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


def _people(labels: Collection[str]) -> tuple[NDArray[np.bool_], str]:
    """Return which labels mean a person, and in words which do not."""
    keep = np.array([label.lower() in PEOPLE for label in labels], bool)
    if not keep.any():
        return np.ones(len(keep), bool), ''
    others = Counter(label for label, kept in zip(labels, keep) if not kept).most_common()
    return keep, ', '.join(f'{n} {label or "unnamed"}' for label, n in others[:NAMED_AT_MOST])


def _apart(bag: Bag, name: str, stamps: NDArray[np.int64], frames: FrameIndex) -> str:
    """Return why no ground truth fits."""
    if not len(stamps):
        return f'{name} in {bag.path} holds no message that can be read'
    start, end = (stamps.min() * 1e-9, stamps.max() * 1e-9)
    if end < frames.span[0] or start > frames.span[1]:
        return (
            f'the ground truth {name} does not overlap with the images of {bag.path} in time: it '
            f'covers {start:.3f} to {end:.3f} s, they {frames.span[0]:.3f} to '
            f'{frames.span[1]:.3f} s'
        )
    return (
        f'no message of {name} has the stamp of an image of {bag.path}: ground truth must carry '
        'the header stamps of the images, to the millisecond'
    )
