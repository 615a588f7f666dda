# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Motion models of the associations."""

from __future__ import annotations

from fairmot_ros.tracker.motion.kalman import HeightScaledNoise, MotionModel
from fairmot_ros.tracker.motion.parametrizations import XyahParametrization, XywhParametrization

#: Model of the default association, in seconds. Chosen on four sequences of 2DMOT15, forwards,
#: backwards and at half and quarter rate; see docs/tracker.md.
DEFAULT_MOTION = MotionModel(
    parametrization=XywhParametrization(),
    process=HeightScaledNoise([0.1, 0.1, 0.016, 0.016, 0.3, 0.3, 0.45, 0.45]),
    measurement=HeightScaledNoise([0.055, 0.055, 0.09, 0.09]),
    initial=HeightScaledNoise([0.15, 0.15, 0.15, 0.15, 2.4, 2.4, 1.2, 1.2]),
    integrated=True,
)
#: DeepSORT's constants (Wojke et al. 2017), which FairMOT uses; the unit of time is a frame.
REFERENCE_MOTION = MotionModel(
    parametrization=XyahParametrization(),
    process=HeightScaledNoise(
        [1 / 20, 1 / 20, 0, 1 / 20, 1 / 160, 1 / 160, 0, 1 / 160], [0, 0, 1e-2, 0, 0, 0, 1e-5, 0]
    ),
    measurement=HeightScaledNoise([1 / 20, 1 / 20, 0, 1 / 20], [0, 0, 1e-1, 0]),
    initial=HeightScaledNoise(
        [2 / 20, 2 / 20, 0, 2 / 20, 10 / 160, 10 / 160, 0, 10 / 160],
        [0, 0, 1e-2, 0, 0, 0, 1e-5, 0],
    ),
    integrated=False,
)
