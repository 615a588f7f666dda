"""Node parameters: declaration, validation and documentation, derived from settings classes."""

from fairmot_ros.ros.parameters.nodes import (
    DetectionTrackerParameters,
    NodeParameters,
    TrackingParameters,
)

__all__ = ['DetectionTrackerParameters', 'NodeParameters', 'TrackingParameters']
