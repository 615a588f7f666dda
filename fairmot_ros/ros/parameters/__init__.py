# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Node parameters: declaration, validation and documentation, derived from settings classes."""

from fairmot_ros.ros.parameters.nodes import (
    DetectionTrackerParameters,
    FairmotParameters,
    TrackingParameters,
)

__all__ = ['DetectionTrackerParameters', 'FairmotParameters', 'TrackingParameters']
