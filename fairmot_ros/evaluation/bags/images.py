# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Reading of the images in a bag."""

from __future__ import annotations

import logging
import struct
from collections.abc import Callable, Collection, Iterator
from typing import NamedTuple

from fairmot_ros.evaluation.bags.bag import Bag, Message
from fairmot_ros.evaluation.bags.errors import BagError
from fairmot_ros.evaluation.bags.frames import header_stamp
from fairmot_ros.evaluation.bags.message_types import COMPRESSED_IMAGE, IMAGE_TYPES
from fairmot_ros.files.errors import reading
from fairmot_ros.pixels import MAX_IMAGE_PIXELS, BgrImage, compressed_to_bgr, raw_to_bgr

logger = logging.getLogger(__name__)


class StampedImage(NamedTuple):
    """An image and its stamp in nanoseconds."""

    stamp: int
    pixels: BgrImage


class ImageStream:
    """Images of one topic of a bag.

    Attributes:
        bag: the bag.
        topic: name of the topic.
        compressed: whether the messages are CompressedImage.
        max_pixels: largest width x height; larger images are an error.
        skipped: number of messages, in the last iteration, that were too short for an image.
    """

    def __init__(
        self, bag: Bag, topic: str | None = None, max_pixels: int = MAX_IMAGE_PIXELS
    ) -> None:
        """Select a topic; None selects the only one with images.

        Raises:
            BagError: if there is no such topic, or `topic` is None and there are several.
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
        """Yield stamp in nanoseconds and undecoded message of each image.

        If the header stamp is 0, the stamp is the time of recording. Messages that are too short
        for a stamp are skipped and counted in `skipped`.
        """
        self.skipped = 0
        for message in self.bag.messages([self.topic]):
            try:
                stamp = header_stamp(message.data)
            except (IndexError, struct.error):
                self.skipped += 1
                continue
            yield stamp or message.time, message

    def images(
        self,
        stamps: Collection[int] | None = None,
        failed: Callable[[int, BagError], object] | None = None,
    ) -> Iterator[StampedImage]:
        """Yield decoded images.

        Args:
            stamps: stamps of the images to decode; all if None.
            failed: called with stamp and error of each image that cannot be decoded; if None, the
                error is raised.

        Raises:
            BagError: if an image cannot be decoded and `failed` is None.
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
            yield StampedImage(stamp, pixels)

    def _decode(self, message: Message) -> BgrImage:
        image = self.bag.decode(message)
        convert = compressed_to_bgr if self.compressed else raw_to_bgr
        with reading(f'{self.bag.path}, an image on {self.topic}', BagError):
            return convert(image, self.max_pixels, self._warn)

    def _warn(self, text: str) -> None:
        """Log a warning about the images, once."""
        if text not in self._warnings:
            self._warnings.add(text)
            logger.warning('%s, %s: %s', self.bag.path, self.topic, text)
