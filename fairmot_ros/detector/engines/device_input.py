# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""From images to a network's input on a GPU: bytes are transferred and scaled there."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import torch
from torch import Tensor

from fairmot_ros.detector.engines.base import Image
from fairmot_ros.detector.letterbox import BORDER_GREY, Placement, place
from fairmot_ros.detector.resampling import Taps, area_taps
from fairmot_ros.network.row_sums import weighted_rows

CHANNELS = 3
#: Pairs of image and input sizes whose weights are kept on the device.
MAX_SIZES = 32

Size = tuple[int, int]


class DeviceInput:
    """Letterbox and normalise images on the device, into a buffer that every call reuses.

    Images are copied through page-locked memory; those on the device already are read there. The
    scaling is that of `letterbox` in float32, rounded to grey levels: a pixel differs by at most
    one level, where OpenCV's arithmetic rounds otherwise.
    """

    def __init__(
        self, size: Size, enlarge: bool, device: torch.device, *, channels_last: bool = True
    ) -> None:
        """Set the input size and layout; buffers are allocated when images arrive.

        Args:
            size: (width, height) of the input.
            enlarge: whether images smaller than the input are enlarged.
            device: of the network.
            channels_last: keep the three values of a pixel together; otherwise the input
                consists of three planes.
        """
        self._size = size
        self._enlarge = enlarge
        self._layout = torch.channels_last if channels_last else torch.contiguous_format
        self._device = torch.empty(0, device=device).device  # with its number
        self._buffers: dict[int, Tensor] = {}
        self._placements: dict[int, list[Placement | None]] = {}
        self._staging = torch.empty(0, dtype=torch.uint8)
        self._bytes = torch.empty(0, dtype=torch.uint8, device=device)
        self._taps = lru_cache(MAX_SIZES)(self._make_taps)

    def __call__(self, images_bgr: Sequence[Image]) -> Tensor:
        """Return the input of a batch, valid until the next call with as many images.

        Args:
            images_bgr: uint8 [H, W, 3] each, of any sizes.

        Returns:
            float32 [B, 3, height, width] on the device, RGB in 0..1. The memory is always the
            same for a number of images.

        Raises:
            ValueError: if an image lies on another device.
        """
        count = len(images_bgr)
        if count not in self._buffers:
            width, height = self._size
            self._buffers[count] = torch.empty(
                (count, CHANNELS, height, width), device=self._device, memory_format=self._layout
            )
            self._placements[count] = [None] * count
        batch, placements = self._buffers[count], self._placements[count]
        for row, pixels in enumerate(self._upload(images_bgr)):
            height, width = pixels.shape[:2]
            placement = place((width, height), self._size, self._enlarge)
            if placement != placements[row]:
                batch[row] = BORDER_GREY / 255
                placements[row] = placement
            rgb = self._scaled(pixels, placement).flip(2).permute(2, 0, 1)
            torch.div(rgb, 255, out=batch[row, :, placement.rows, placement.columns])
        return batch

    def _upload(self, images_bgr: Sequence[Image]) -> list[Tensor]:
        """Return the images on the device, uint8 [H, W, 3]."""
        sizes = [0 if self._is_here(image) else int(np.prod(image.shape)) for image in images_bgr]
        self._reserve(sum(sizes))
        uploaded, start = [], 0
        for image, size in zip(images_bgr, sizes):
            if isinstance(image, Tensor) and self._is_here(image):
                uploaded.append(image)
                continue
            # One image is transferred while the next one is copied.
            part = slice(start, start + size)
            shape = tuple(image.shape)
            array = image.numpy() if isinstance(image, Tensor) else image
            np.copyto(self._staging[part].view(shape).numpy(), array)
            self._bytes[part].copy_(self._staging[part], non_blocking=True)
            uploaded.append(self._bytes[part].view(shape))
            start += size
        return uploaded

    def _is_here(self, image: Image) -> bool:
        if not isinstance(image, Tensor):
            return False
        if image.device not in (self._device, torch.device('cpu')):
            raise ValueError(
                f'the image is on {image.device} and the network on {self._device}: pass an '
                'array, or a tensor on that device'
            )
        return image.device == self._device

    def _reserve(self, size: int) -> None:
        """Make the buffers hold so many bytes."""
        if len(self._staging) < size:
            pinned = self._device.type == 'cuda'
            self._staging = torch.empty(size, dtype=torch.uint8, pin_memory=pinned)
            self._bytes = torch.empty(size, dtype=torch.uint8, device=self._device)

    def _scaled(self, pixels: Tensor, placement: Placement) -> Tensor:
        """Return an image scaled for its placement, whole numbers in float32 [h, w, 3]."""
        height, width = pixels.shape[:2]
        values = pixels.float()
        if placement.size == (width, height):
            return values
        columns, rows = self._taps((width, height), placement.size)
        values = weighted_rows(values.reshape(height, -1), *rows)
        values = values.view(-1, width, CHANNELS).transpose(0, 1).reshape(width, -1)
        values = weighted_rows(values, *columns)
        return values.view(placement.width, placement.height, CHANNELS).transpose(0, 1).round()

    def _make_taps(self, source: Size, target: Size) -> list[tuple[Tensor, Tensor]]:
        """Return rows and weights along the width and along the height, on the device."""

        def upload(taps: Taps) -> tuple[Tensor, Tensor]:
            return (
                torch.from_numpy(taps.rows).to(self._device),
                torch.from_numpy(taps.weights).to(self._device),
            )

        return [upload(taps) for taps in area_taps(source, target)]
