"""One camera of a node: its two sides, executor and worker, and what they share."""

from __future__ import annotations

from dataclasses import dataclass, field

from fairmot_ros.ros.health.stall_detector import StallDetector
from fairmot_ros.ros.health.statistics import Statistics
from fairmot_ros.ros.inputs.camera_input import CameraInput
from fairmot_ros.ros.inputs.subscription import InputSubscription
from fairmot_ros.ros.processing.camera_stream import CameraStream


@dataclass(eq=False)
class Camera:
    """What the executor's thread holds of a camera.

    Attributes:
        name: '' where there is one without a name.
        input: counts arriving messages.
        stream: tracks frames, on the worker thread.
        statistics: of both sides.
        progress: notices when no frame is processed.
        subscription: while the node is active.
    """

    name: str
    input: CameraInput
    stream: CameraStream
    statistics: Statistics
    stall_detector: StallDetector = field(default_factory=StallDetector)
    subscription: InputSubscription | None = None
