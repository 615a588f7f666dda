# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""A dataset to pack: which images, and reduced to which size."""

from __future__ import annotations

import fnmatch
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from fairmot_ros.training.data.image_files import find_images, read_image


@dataclass(frozen=True)
class PackedDataset:
    """A dataset to pack.

    Attributes:
        folder: contains `images/` and optionally `annotations.json`, `masks/` and teacher labels.
        longest_side: pixels to which larger images are reduced; 0 to keep their size.
        leave_out: patterns of file names of images that are not packed.
    """

    folder: Path
    longest_side: int = 0
    leave_out: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Name of the folder, also where it is given as a relative path such as a dot."""
        return self.folder.resolve().name

    def image_paths(self) -> list[Path]:
        """Return the images to pack.

        Raises:
            DataError: if the dataset has no images.
        """
        return [path for path in find_images(self.folder) if self.includes(path.name)]

    def includes(self, name: str) -> bool:
        """Whether the image with this file name is packed."""
        return not any(fnmatch.fnmatch(name, pattern) for pattern in self.leave_out)

    def scale(self, width: float, height: float) -> float:
        """Return the factor by which an image of this size is reduced, at most 1."""
        return min(1.0, self.longest_side / max(width, height)) if self.longest_side else 1.0

    def read(self, path: Path, flags: int = cv2.IMREAD_COLOR) -> NDArray[np.uint8]:
        """Read an image or mask and reduce it.

        Raises:
            DataError: if it is missing or damaged.
        """
        image = read_image(path, flags)
        height, width = image.shape[:2]
        scale = self.scale(width, height)
        if scale == 1:
            return image
        reduced: NDArray[np.uint8] = cv2.resize(
            image, reduced_size(width, height, scale), interpolation=cv2.INTER_AREA
        )
        return reduced


def reduced_size(width: int, height: int, scale: float) -> tuple[int, int]:
    """Return (width, height) of a reduced image, at least one pixel each."""
    return max(1, round(width * scale)), max(1, round(height * scale))
