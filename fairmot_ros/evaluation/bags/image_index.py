# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Index of the images of a topic, read once without decoding them."""

from __future__ import annotations

from dataclasses import dataclass

from tqdm import tqdm

from fairmot_ros.evaluation.bags.errors import BagError
from fairmot_ros.evaluation.bags.frames import FrameIndex, header_stamp
from fairmot_ros.evaluation.bags.images import ImageStream


@dataclass(frozen=True, eq=False)
class ImageIndex:
    """The images of a topic.

    Attributes:
        frames: numbers and stamps of the images.
        stamped: whether all images have a header stamp.
        notes: remarks for the user on messages without an image and on repeated stamps.
    """

    frames: FrameIndex
    stamped: bool
    notes: tuple[str, ...]


def index_images(images: ImageStream, limit: int = 0) -> ImageIndex:
    """Read the stamps of the images of a topic.

    Args:
        images: topic of an open bag.
        limit: largest number of images to read; 0 for all.

    Raises:
        BagError: if no image can be read, or all have the same stamp.
    """
    path, topic = images.bag.path, images.topic
    stamps, positions = [], []
    total = min(limit, len(images)) if limit else len(images)
    stamped = True
    for stamp, message in tqdm(
        images.messages(), f'indexing {path.name}', total, unit='image', leave=False
    ):
        stamps.append(stamp)
        positions.append(len(stamps) + images.skipped)
        stamped = stamped and header_stamp(message.data) != 0
        if len(stamps) == limit:
            break
    if not stamps:
        raise BagError(f'no image on {topic} in {path} can be read')
    frames = FrameIndex(stamps, positions)
    if len(frames) == 1 < len(stamps):
        raise BagError(
            f'all {len(stamps)} images on {topic} in {path} have the same stamp, but '
            'images are identified by their stamp: record them with header stamps'
        )
    notes = []
    if images.skipped:
        notes.append(f'{images.skipped} messages on {topic} are too short for an image')
    if len(frames) < len(stamps):
        notes.append(
            f'{len(stamps) - len(frames)} images repeat the stamp of another image and are ignored'
        )
    return ImageIndex(frames, stamped, tuple(notes))
