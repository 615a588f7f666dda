# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Recordings: the images of one camera in a bag, with their ground truth."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from fairmot_ros.evaluation.bags import Bag, BagError, FrameIndex, ImageStream
from fairmot_ros.evaluation.bags.image_index import index_images
from fairmot_ros.evaluation.bags.images import StampedImage
from fairmot_ros.evaluation.bags.message_types import BOX_TYPES
from fairmot_ros.evaluation.runs.ground_truth import GroundTruth, from_file, from_topic

#: Topics that are used as ground truth if none is given.
DEFAULT_TRUTH = ('/ground_truth', 'ground_truth')


@dataclass(frozen=True)
class TruthSource:
    """Source of ground truth.

    Attributes:
        topic: name of a topic; None for /ground_truth if the bag has it.
        file: a MOTChallenge file; None for a topic.
        rate: frames per second of the file, see `from_file`.
        benchmark: benchmark whose rules apply; None to derive it from the data.
    """

    topic: str | None = None
    file: Path | None = None
    rate: float | None = None
    benchmark: str | None = None


@dataclass(frozen=True, eq=False)
class Recording:
    """Images of one camera in a bag, with their ground truth.

    Attributes:
        name: name in tables and files.
        path: path of the bag.
        image_topic: topic of the images.
        compressed: whether the images are CompressedImage messages.
        frames: numbers and stamps of the images.
        truth: ground truth; None if there is none.
        stamped: whether all images have a header stamp.
        notes: remarks for the user, for example on damage of the bag.
        limit: largest number of images to use; 0 for all.
        origin: path to name in results if `path` is a copy; empty otherwise.
    """

    name: str
    path: Path
    image_topic: str
    compressed: bool
    frames: FrameIndex
    truth: GroundTruth | None
    stamped: bool
    notes: tuple[str, ...] = ()
    limit: int = field(default=0, repr=False)
    origin: str = ''

    def images(
        self,
        numbers: frozenset[int] | None = None,
        failed: Callable[[int, BagError], object] | None = None,
    ) -> Iterator[tuple[int, StampedImage]]:
        """Yield number and image, in the order of the bag.

        Args:
            numbers: numbers of the images to read; all if None.
            failed: called with number and error of each image that cannot be decoded; if None,
                the error is raised.
        """
        stamps = None
        if numbers is not None:
            stamps = {int(self.frames.stamps[number - 1]) for number in numbers}
        number_of = {stamp: i for i, stamp in enumerate(self.frames.stamps.tolist(), 1)}

        def on_failure(stamp: int, error: BagError) -> None:
            if failed is None:
                raise error
            if stamp in number_of:
                failed(number_of[stamp], error)

        with Bag(self.path) as bag:
            for image in ImageStream(bag, self.image_topic).images(stamps, on_failure):
                if image.stamp not in number_of:
                    return  # beyond the limit
                yield number_of[image.stamp], image


def open_recording(
    path: Path, image_topic: str | None, source: TruthSource, limit: int = 0
) -> Recording:
    """Index the images of a bag and read their ground truth.

    Args:
        path: path of the bag.
        image_topic: topic of the images; None for the only one.
        source: source of the ground truth.
        limit: largest number of images to use; 0 for all.

    Raises:
        BagError: if the bag cannot be used; a partly readable one can, with a note.
        FileNotFoundError: if a ground-truth file does not exist.
        ValueError: if a ground-truth file is invalid.
    """
    with Bag(path) as bag:
        images = ImageStream(bag, image_topic)
        index = index_images(images, limit)
        frames = index.frames
        truth = _find_truth(bag, source, frames, limited=bool(limit))
        notes = [bag.damage] if bag.damage else []
        notes += index.notes
    if truth is None:
        notes.append(
            'there is no ground truth, so there are no metrics: give a topic or a file with it'
        )
    else:
        notes += truth.notes
    return Recording(
        path.resolve().name.removesuffix('.mcap').removesuffix('.db3'),
        path,
        images.topic,
        images.compressed,
        frames,
        truth,
        index.stamped,
        tuple(notes),
        limit,
    )


def _find_truth(
    bag: Bag, source: TruthSource, frames: FrameIndex, *, limited: bool
) -> GroundTruth | None:
    if source.file is not None:
        return from_file(source.file, frames, source.rate, source.benchmark, limited=limited)
    topic = source.topic or next(
        (n for n in DEFAULT_TRUTH if n in bag.topics and bag.topics[n].type in BOX_TYPES), None
    )
    if topic is None:
        return None
    return from_topic(bag, topic, frames, source.benchmark, limited=limited)
