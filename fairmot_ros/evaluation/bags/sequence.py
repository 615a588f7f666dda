# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Writing of a MOTChallenge sequence to a bag."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from tqdm import tqdm

from fairmot_ros.evaluation.bags.boxes import BoxMaker
from fairmot_ros.evaluation.bags.errors import BagError
from fairmot_ros.evaluation.bags.message_types import COMPRESSED_IMAGE, DETECTIONS, IMAGE
from fairmot_ros.evaluation.bags.writer import BagWriter
from fairmot_ros.evaluation.mot.text_format import CLASS, FRAME, MotArray
from fairmot_ros.pixels import BgrImage, encode_image

MAX_COLUMNS_WITH_CLASSES = 9  # ground truth with more columns has world coordinates instead
FORMATS = ('raw', 'jpeg', 'png')


@dataclass(frozen=True)
class BagLayout:
    """Topics and format of a sequence in a bag.

    Attributes:
        image_topic: topic of the images; `/compressed` is appended for compressed ones, as
            image_transport does.
        ground_truth_topic: topic of the ground truth.
        frame_id: frame_id of all headers.
        image_format: 'raw' for Image messages, 'jpeg' or 'png' for CompressedImage.
        jpeg_quality: quality of JPEG images, 1 to 100.
        storage: 'mcap' or 'sqlite3'.
        compress: whether messages are compressed with zstd.
        start: stamp of the first image in seconds.
    """

    image_topic: str = '/image'
    ground_truth_topic: str = '/ground_truth'
    frame_id: str = 'camera'
    image_format: str = 'raw'
    jpeg_quality: int = 95
    storage: str = 'mcap'
    compress: bool = False
    start: float = 1.0

    def __post_init__(self) -> None:
        if self.image_format not in FORMATS:
            raise BagError(
                f'the image format must be one of {", ".join(FORMATS)}, got {self.image_format!r}'
            )
        if not 1 <= self.jpeg_quality <= 100:
            raise BagError(f'the JPEG quality must be within 1..100, got {self.jpeg_quality}')
        if self.start < 0:
            raise BagError(f'the first stamp must not be negative, got {self.start}')


def write_sequence(
    path: str | Path,
    images: Iterable[BgrImage],
    frame_rate: float,
    ground_truth: MotArray | None = None,
    layout: BagLayout | None = None,
    *,
    total: int | None = None,
) -> int:
    """Write a sequence to a bag: each image and, with the same stamp, its ground truth.

    Ground truth is written with boxes, ids, marks (as scores) and classes of MOT16 to MOT20 (as
    labels), but without visibility and world coordinates.

    Args:
        path: folder of the bag; it must not exist.
        images: uint8 [H, W, 3] each, BGR, in order; the first one is frame 1.
        frame_rate: images per second.
        ground_truth: [N, 7..10] MOTChallenge rows; None for a bag without ground truth.
        layout: topics and format.
        total: number of images, for the progress bar.

    Returns:
        Number of images written.

    Raises:
        BagError: if the bag cannot be written.
    """
    frames = enumerate(images, 1)
    return len(write_frames(path, frames, frame_rate, ground_truth, layout, total=total))


def write_frames(
    path: str | Path,
    frames: Iterable[tuple[int, BgrImage]],
    frame_rate: float,
    ground_truth: MotArray | None = None,
    layout: BagLayout | None = None,
    *,
    total: int | None = None,
) -> list[int]:
    """Write a sequence in which frames may be missing; see `write_sequence`.

    The stamp of frame n is that of frame 1 plus (n - 1) / frame rate.

    Args:
        path: folder of the bag; it must not exist.
        frames: frame number, from 1 on, and image of each frame, by increasing numbers.
        frame_rate: frames per second.
        ground_truth: [N, 7..10] MOTChallenge rows; None for a bag without ground truth.
        layout: topics and format.
        total: number of images, for the progress bar.

    Returns:
        Numbers of the frames written.

    Raises:
        BagError: if the bag cannot be written; it is then removed.
    """
    layout = layout or BagLayout()
    compressed = layout.image_format != 'raw'
    image_topic = layout.image_topic + ('/compressed' if compressed else '')
    rows = _without_coordinates(ground_truth)
    written: list[int] = []
    with BagWriter(path, layout.storage, compress=layout.compress) as writer:
        maker = BoxMaker(writer)
        writer.add_topic(image_topic, COMPRESSED_IMAGE if compressed else IMAGE)
        if rows is not None:
            writer.add_topic(layout.ground_truth_topic, DETECTIONS)
        for number, image in tqdm(
            frames, total=total, unit='image', desc=f'writing {Path(path).name}'
        ):
            stamp = round((layout.start + (number - 1) / frame_rate) * 1e9)
            header = maker.header(stamp, layout.frame_id)
            message = (_compressed if compressed else _raw)(writer, image, header, layout)
            writer.write(image_topic, stamp, message)
            if rows is not None:
                boxes = maker.detections(rows[rows[:, FRAME] == number], header)
                writer.write(layout.ground_truth_topic, stamp, boxes)
            written.append(number)
    return written


def _without_coordinates(rows: MotArray | None) -> MotArray | None:
    """Remove the world coordinates of MOT15, which later benchmarks replace by the class."""
    if rows is None or rows.shape[1] <= MAX_COLUMNS_WITH_CLASSES:
        return rows
    return rows[:, :CLASS]


def _raw(writer: BagWriter, image: BgrImage, header: Any, layout: BagLayout) -> Any:
    height, width = image.shape[:2]
    return writer.make(
        IMAGE,
        header=header,
        height=height,
        width=width,
        encoding='bgr8',
        is_bigendian=0,
        step=3 * width,
        data=np.ascontiguousarray(image).reshape(-1),
    )


def _compressed(writer: BagWriter, image: BgrImage, header: Any, layout: BagLayout) -> Any:
    suffix = {'jpeg': '.jpg', 'png': '.png'}[layout.image_format]
    options = [cv2.IMWRITE_JPEG_QUALITY, layout.jpeg_quality] if suffix == '.jpg' else []
    data = np.frombuffer(encode_image(suffix, image, options), np.uint8)
    return writer.make(COMPRESSED_IMAGE, header=header, format=layout.image_format, data=data)
