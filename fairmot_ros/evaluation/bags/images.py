"""The images of a bag."""

from __future__ import annotations

import logging
import struct
from collections.abc import Callable, Collection, Iterator
from typing import NamedTuple

from fairmot_ros.evaluation.bags.bag import Bag, Message
from fairmot_ros.evaluation.bags.errors import BagError
from fairmot_ros.evaluation.bags.frames import header_stamp
from fairmot_ros.evaluation.bags.message_types import COMPRESSED_IMAGE, IMAGE_TYPES
from fairmot_ros.file_errors import reading
from fairmot_ros.pixels import MAX_IMAGE_PIXELS, BgrImage, compressed_to_bgr, raw_to_bgr

logger = logging.getLogger(__name__)


class Picture(NamedTuple):
    """An image and its stamp in nanoseconds."""

    stamp: int
    pixels: BgrImage


class ImageStream:
    """One camera's images in a bag.

    Attributes:
        bag: the bag.
        topic: of the images.
        compressed: whether they are CompressedImage.
        max_pixels: largest width x height.
        skipped: number of messages that the latest reading found too short for an image.
    """

    def __init__(
        self, bag: Bag, topic: str | None = None, max_pixels: int = MAX_IMAGE_PIXELS
    ) -> None:
        """Choose the topic; None is the only one with images.

        Raises:
            BagError: if there is no such topic, or several and none was named.
        """
        self.bag = bag
        self.max_pixels = max_pixels
        self.skipped = 0
        self._warnings: set[str] = set()
        self.topic = (
            bag.choose(IMAGE_TYPES, 'images') if topic is None else bag.check(topic, IMAGE_TYPES)
        )
        self.compressed = bag.topics[self.topic].type == COMPRESSED_IMAGE

    def __len__(self) -> int:
        return self.bag.topics[self.topic].messages

    def messages(self) -> Iterator[tuple[int, Message]]:
        """Yield stamp, nanoseconds, and message of each image, not decoded.

        A message without a stamp has the time of its recording. One that is too short to hold a
        stamp is skipped and counted in `skipped`.
        """
        self.skipped = 0
        for message in self.bag.messages([self.topic]):
            try:
                stamp = header_stamp(message.data)
            except (IndexError, struct.error):
                self.skipped += 1
                continue
            yield stamp or message.time, message

    def pictures(
        self,
        stamps: Collection[int] | None = None,
        failed: Callable[[int, BagError], object] | None = None,
    ) -> Iterator[Picture]:
        """Yield the images, or those with some stamps, one by one.

        Args:
            stamps: of the images, all if None.
            failed: called with the stamp of an image that cannot be decoded and the error; None
                to raise it.

        Raises:
            BagError: if an image cannot be decoded and there is no `failed`.
        """
        for stamp, message in self.messages():
            if stamps is not None and stamp not in stamps:
                continue
            try:
                pixels = self._decode(message)
            except BagError as error:
                if failed is None:
                    raise
                failed(stamp, error)
                continue
            yield Picture(stamp, pixels)

    def _decode(self, message: Message) -> BgrImage:
        image = self.bag.decode(message)
        convert = compressed_to_bgr if self.compressed else raw_to_bgr
        with reading(f'{self.bag.path}, an image on {self.topic}', BagError):
            return convert(image, self.max_pixels, self._warn)

    def _warn(self, text: str) -> None:
        """Log a warning about the images once."""
        if text not in self._warnings:
            self._warnings.add(text)
            logger.warning('%s, %s: %s', self.bag.path, self.topic, text)
