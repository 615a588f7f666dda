"""Parameters of the nodes: declared, documented and checked from the settings of their parts."""

from fairmot_ros.ros.parameters.nodes import (
    DetectionTrackerParameters,
    NodeParameters,
    TrackingParameters,
)

__all__ = ['DetectionTrackerParameters', 'NodeParameters', 'TrackingParameters']
