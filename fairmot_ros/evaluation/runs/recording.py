"""A bag as something to evaluate trackers on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tqdm import tqdm

from fairmot_ros.evaluation.bags import Bag, BagError, FrameIndex, ImageStream
from fairmot_ros.evaluation.bags.frames import header_stamp
from fairmot_ros.evaluation.bags.images import Picture
from fairmot_ros.evaluation.bags.message_types import BOX_TYPES
from fairmot_ros.evaluation.runs.ground_truth import GroundTruth, from_file, from_topic

DEFAULT_TRUTH = ('/ground_truth', 'ground_truth')


@dataclass(frozen=True)
class TruthSource:
    """Where the ground truth is.

    Attributes:
        topic: name of a topic, None for /ground_truth if the bag has one.
        file: a MOTChallenge file, None for a topic.
        rate: frames per second of the file, see `from_file`.
        benchmark: whose rules apply; None to tell by the data.
    """

    topic: str | None = None
    file: Path | None = None
    rate: float | None = None
    benchmark: str | None = None


@dataclass(frozen=True, eq=False)
class Recording:
    """One camera's images in a bag and the truth about them.

    Attributes:
        name: for tables and files.
        path: of the bag.
        image_topic: of the images.
        compressed: whether they are CompressedImage.
        frames: numbers and stamps of the images.
        truth: None where it is not known.
        stamped: whether the images have stamps of their own.
        notes: what a user should know, damage of the bag for one.
        limit: no more than so many images are used; 0 for all.
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

    def pictures(
        self,
        numbers: frozenset[int] | None = None,
        failed: Callable[[int, BagError], object] | None = None,
    ) -> Iterator[tuple[int, Picture]]:
        """Yield number and picture of each image, or of some, as the bag has them.

        Args:
            numbers: of the images, all if None.
            failed: called with the number of an image that cannot be decoded and the error; None
                to raise it.
        """
        wanted = None
        if numbers is not None:
            wanted = {int(self.frames.stamps[number - 1]) for number in numbers}
        known = {stamp: i for i, stamp in enumerate(self.frames.stamps.tolist(), 1)}

        def note(stamp: int, error: BagError) -> None:
            if failed is None:
                raise error
            if stamp in known:
                failed(known[stamp], error)

        with Bag(self.path) as bag:
            for picture in ImageStream(bag, self.image_topic).pictures(wanted, note):
                if picture.stamp not in known:
                    return  # beyond the limit
                yield known[picture.stamp], picture


def open_recording(
    path: Path, image_topic: str | None, source: TruthSource, limit: int = 0
) -> Recording:
    """Look through a bag: which images it has, and what the truth about them is.

    Raises:
        BagError: if the bag cannot be used; a damaged one can, with a note.
        FileNotFoundError: if a file of ground truth does not exist.
        ValueError: if a file of ground truth breaks the format.
    """
    with Bag(path) as bag:
        images = ImageStream(bag, image_topic)
        stamps, positions = [], []
        total = min(limit, len(images)) if limit else len(images)
        stamped = True
        for stamp, message in tqdm(
            images.messages(), f'looking through {path.name}', total, unit='image', leave=False
        ):
            stamps.append(stamp)
            positions.append(len(stamps) + images.skipped)
            stamped = stamped and header_stamp(message.data) != 0
            if len(stamps) == limit:
                break
        if not stamps:
            raise BagError(f'no image on {images.topic} in {path} can be read')
        frames = FrameIndex(stamps, positions)
        if len(frames) == 1 < len(stamps):
            raise BagError(
                f'all {len(stamps)} images on {images.topic} in {path} have the same stamp and '
                'cannot be told apart: record them with the stamps of their header set'
            )
        truth = _find_truth(bag, source, frames, limited=bool(limit))
        notes = [bag.damage] if bag.damage else []
        if images.skipped:
            notes.append(f'{images.skipped} messages on {images.topic} are too short for an image')
    if len(frames) < len(stamps):
        notes.append(
            f'{len(stamps) - len(frames)} images have the stamp of another and count once'
        )
    if truth is None:
        notes.append(
            'there is no ground truth, so there are no metrics: name a topic or a file that holds '
            'it'
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
        stamped,
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
