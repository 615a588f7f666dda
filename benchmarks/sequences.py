# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Sequences with ground truth that the default model was never trained on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks import REFERENCE_DATA
from fairmot_ros.boxes import clip_boxes, xywh_to_xyxy
from fairmot_ros.evaluation import read_mot
from fairmot_ros.evaluation.mot.text_format import FRAME, HEIGHT, LEFT, MARK
from fairmot_ros.media.seqinfo import SeqInfo, read_seqinfo

Array = NDArray[np.float64]
Image = NDArray[np.uint8]

STREET = ('PETS09-S2L1', 'TUD-Campus')
INDOOR = ('classroom', 'face-demographics-walking', 'one-by-one', 'worker-zone-detection')


@dataclass(frozen=True)
class LabelledSequence:
    """A sequence on disk.

    Attributes:
        folder: holds the images or a video, gt.txt and seqinfo.ini.
        info: rate, length and image size.
        truth: [N, 10] MOTChallenge rows by frame; rows with mark 0 are not judged.
        clip: whether boxes of detections and tracks are clipped to the image before they are
            compared, as the labels are.
    """

    folder: Path
    info: SeqInfo
    truth: Array
    clip: bool

    @staticmethod
    def read(name: str) -> LabelledSequence:
        """Read a sequence of the reference data."""
        folder = REFERENCE_DATA / 'data' / 'sequences' / name
        truth = read_mot(folder / 'gt.txt')
        truth = truth[truth[:, FRAME].argsort(kind='stable')]
        return LabelledSequence(folder, read_seqinfo(folder), truth, name in INDOOR)

    @staticmethod
    def available(name: str) -> bool:
        """Whether the sequence is on this machine."""
        return (REFERENCE_DATA / 'data' / 'sequences' / name / 'gt.txt').is_file()

    def images(self) -> Iterator[Image]:
        """Yield all images, from the first frame on."""
        files = sorted((self.folder / 'img').glob('*.jpg'))
        if files:
            yield from map(_read_image, files)
            return
        (video,) = (path for path in self.folder.iterdir() if path.suffix in ('.avi', '.mp4'))
        capture = cv2.VideoCapture(str(video))
        for _ in range(self.info.length):
            good, image = capture.read()
            if not good:
                return
            yield image

    def labels(self, frame: int) -> tuple[Array, Array]:
        """Return the boxes_xyxy of a frame that are judged, and those that are not."""
        rows = self.truth[self.truth[:, FRAME] == frame]
        boxes = xywh_to_xyxy(rows[:, LEFT : HEIGHT + 1])
        judged = rows[:, MARK] > 0
        return boxes[judged], boxes[~judged]

    def clipped(self, boxes_xyxy: Array) -> Array:
        """Return boxes clipped to the image where the sequence asks for it."""
        if not self.clip:
            return boxes_xyxy
        return clip_boxes(boxes_xyxy, (self.info.width, self.info.height))


def _read_image(path: Path) -> Image:
    image = cv2.imread(str(path))
    assert image is not None, f'unreadable image {path}'
    return image
