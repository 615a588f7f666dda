# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Photometric changes of images."""

import numpy as np

from fairmot_ros.training.synthesis.photometric import degrade, jitter_colour


def test_photometric_changes_keep_shape_and_type() -> None:
    rng = np.random.default_rng(0)
    image = rng.integers(0, 256, (40, 30, 3), dtype=np.uint8)
    for _ in range(20):
        changed = degrade(jitter_colour(image, rng), rng)
        assert changed.shape == image.shape
        assert changed.dtype == np.uint8
