# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""From images to a network's input on the CPU."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from fairmot_ros.detector.engines.base import Image
from fairmot_ros.detector.letterbox import BORDER_GREY, Placement, place, resize

CHANNELS = 3


class HostInput:
    """Letterbox and normalise images into a buffer that every call reuses.

    Only the pixels that an image covers are written; the border is filled when the size of the
    images changes.
    """

    def __init__(
        self, size: tuple[int, int], enlarge: bool = True, *, channels_last: bool = False
    ) -> None:
        """Set the input size and layout; buffers are allocated when images arrive.

        Args:
            size: (width, height) of the input.
            enlarge: whether images smaller than the input are enlarged.
            channels_last: keep the three values of a pixel together, as torch's convolutions
                on the CPU prefer; otherwise the input consists of three planes.
        """
        self._size = size
        self._enlarge = enlarge
        self._channels_last = channels_last
        # The reference results were recorded with a quotient in torch and with a product
        # elsewhere. They differ in the last bit.
        self._scale: np.ufunc = np.divide if channels_last else np.multiply
        self._factor = np.float32(255 if channels_last else 1 / 255)
        self._buffers: dict[int, NDArray[np.float32]] = {}
        self._placements: dict[int, list[Placement | None]] = {}
        pixels = size[0] * size[1]
        self._resized = np.empty(pixels * CHANNELS, np.uint8)
        self._reordered = np.empty(pixels * CHANNELS, np.uint8)

    def __call__(self, images_bgr: Sequence[Image]) -> NDArray[np.float32]:
        """Return the input of a batch, valid until the next call with as many images.

        Args:
            images_bgr: uint8 [H, W, 3] each, of any sizes.

        Returns:
            float32 [B, 3, height, width], RGB in 0..1.

        Raises:
            ValueError: if an image is a tensor on another device than the CPU.
        """
        count = len(images_bgr)
        if count not in self._buffers:
            self._buffers[count] = self._allocate(count)
            self._placements[count] = [None] * count
        batch, placements = self._buffers[count], self._placements[count]
        for row, image in enumerate(map(as_array, images_bgr)):
            placement = place((image.shape[1], image.shape[0]), self._size, self._enlarge)
            if placement != placements[row]:
                self._normalise(np.uint8(BORDER_GREY), batch[row])
                placements[row] = placement
            self._write(image, placement, batch[row, :, placement.rows, placement.columns])
        return batch

    def _allocate(self, count: int) -> NDArray[np.float32]:
        width, height = self._size
        if self._channels_last:
            return np.empty((count, height, width, CHANNELS), np.float32).transpose(0, 3, 1, 2)
        return np.empty((count, CHANNELS, height, width), np.float32)

    def _write(
        self, image: NDArray[np.uint8], placement: Placement, out: NDArray[np.float32]
    ) -> None:
        """Write an image's pixels to float32 [3, height, width] of its placement."""
        shape = (placement.height, placement.width, CHANNELS)
        count = placement.height * placement.width * CHANNELS
        image = resize(image, placement.size, self._resized[:count].reshape(shape))
        if self._channels_last:
            rgb = self._reordered[:count].reshape(shape)
            cv2.cvtColor(image, cv2.COLOR_BGR2RGB, dst=rgb)
            self._normalise(rgb, out.transpose(1, 2, 0))
            return
        planes = self._reordered[:count].reshape(CHANNELS, placement.height, placement.width)
        cv2.split(image, list(planes))
        self._normalise(planes[::-1], out)

    def _normalise(self, values: NDArray[np.uint8] | np.uint8, out: NDArray[np.float32]) -> None:
        self._scale(values, self._factor, out=out, dtype=np.float32, casting='unsafe')


def as_array(image: Image) -> NDArray[np.uint8]:
    """Return an image of the host's memory as an array.

    Raises:
        ValueError: if it is a tensor on another device.
    """
    if not isinstance(image, Tensor):
        return image
    if image.device.type != 'cpu':
        raise ValueError(
            f'the image is on {image.device} and the network on the CPU: pass an array, or choose '
            f"device '{image.device}'"
        )
    array: NDArray[np.uint8] = image.numpy()
    return array
