# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Images in which people come and go: the shipped clips, mirrored in turns, and pauses."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import cycle

import cv2
import numpy as np
from numpy.typing import NDArray

from fairmot_ros.cli.shipped_clips import SHIPPED_CLIPS
from fairmot_ros.media.video_source import VideoSource

Image = NDArray[np.uint8]

#: Images without people after each visit: 2.4 s at 30 Hz, so that all tracks end. Two rounds are
#: 1,800 images then: every minute shows the same, and minutes can be compared.
PAUSE = 72


def visits() -> Iterator[Image]:
    """Yield images without end, uint8 [H, W, 3], BGR, all of the size of the first clip."""
    first = next(iter(VideoSource(SHIPPED_CLIPS[0])))
    size = first.shape[1::-1]
    empty = cv2.blur(np.full_like(first, 96), (3, 3))
    for clip in cycle(SHIPPED_CLIPS):
        for mirrored in (False, True):
            for frame in VideoSource(clip):
                image = cv2.resize(frame, size, interpolation=cv2.INTER_AREA)
                yield image[:, ::-1].copy() if mirrored else image
            for _ in range(PAUSE):
                yield empty
