# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Video clips in the package; data/ATTRIBUTION.md lists their sources and licences."""

from __future__ import annotations

from pathlib import Path

FOLDER = Path(__file__).resolve().parents[1] / 'data'
#: Campus seen from above, 126 frames at 7 Hz.
PEDESTRIANS = FOLDER / 'pedestrians.mp4'
#: Indoor scene with people coming to a table one after another, 180 frames at 10 Hz.
INDOOR = FOLDER / 'indoor.mp4'
SHIPPED_CLIPS = (PEDESTRIANS, INDOOR)
