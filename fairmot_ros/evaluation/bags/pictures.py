"""The images of a bag."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import NamedTuple

from fairmot_ros.evaluation.bags.bag import Bag, Message
from fairmot_ros.evaluation.bags.errors import BagError
from fairmot_ros.evaluation.bags.frames import header_stamp
from fairmot_ros.evaluation.bags.message_types import COMPRESSED_IMAGE, IMAGE_TYPES
from fairmot_ros.file_errors import reading
from fairmot_ros.pixels import ENCODINGS, BgrImage, ImageError, compressed_to_bgr, raw_to_bgr


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
    """

    def __init__(self, bag: Bag, topic: str | None = None) -> None:
        """Choose the topic; None is the only one with images.

        Raises:
            BagError: if there is no such topic, or several and none was named.
        """
        self.bag = bag
        self.topic = (
            bag.choose(IMAGE_TYPES, 'images') if topic is None else bag.check(topic, IMAGE_TYPES)
        )
        self.compressed = bag.topics[self.topic].type == COMPRESSED_IMAGE

    def __len__(self) -> int:
        return self.bag.topics[self.topic].messages

    def messages(self) -> Iterator[tuple[int, Message]]:
        """Yield stamp, nanoseconds, and message of each image, not decoded.

        A message without a stamp has the time of its recording.
        """
        for message in self.bag.messages([self.topic]):
            with reading(f'{self.bag.path}: a message on {self.topic} has no stamp', BagError):
                stamp = header_stamp(message.data)
            yield stamp or message.time, message

    def pictures(self, stamps: Collection[int] | None = None) -> Iterator[Picture]:
        """Yield the images, or those with some stamps, one by one.

        Raises:
            BagError: if an image cannot be decoded.
        """
        for stamp, message in self.messages():
            if stamps is None or stamp in stamps:
                yield Picture(stamp, self._decode(message))

    def _decode(self, message: Message) -> BgrImage:
        image = self.bag.decode(message)
        with reading(f'{self.bag.path}, an image on {self.topic}', BagError):
            if self.compressed:
                return compressed_to_bgr(image)
            if image.encoding not in ENCODINGS:
                raise ImageError(
                    f'the encoding {image.encoding!r} is unknown; expected one of '
                    f'{", ".join(ENCODINGS)}'
                )
            return raw_to_bgr(image)
