"""From images to a network's input on the CPU."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray


def planes(images_bgr: Sequence[NDArray[np.uint8]]) -> NDArray[np.float32]:
    """Return float32 [B, 3, H, W], RGB in 0..1, of images of one size, uint8 [H, W, 3] each."""
    blob: NDArray[np.float32] = cv2.dnn.blobFromImages(
        list(images_bgr), 1 / 255, swapRB=True, crop=False
    )
    return blob
