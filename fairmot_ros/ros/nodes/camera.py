# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""A camera of a node: subscription, frame processing and statistics."""

from __future__ import annotations

from dataclasses import dataclass, field

from fairmot_ros.ros.health.limits import LimitChecker
from fairmot_ros.ros.health.stall_detector import StallDetector
from fairmot_ros.ros.health.statistics import Statistics
from fairmot_ros.ros.inputs.camera_input import CameraInput
from fairmot_ros.ros.inputs.subscription import InputSubscription
from fairmot_ros.ros.processing.camera_stream import CameraStream


@dataclass(eq=False)
class Camera:
    """Parts of one camera; owned by the executor thread.

    Attributes:
        name: '' for a single unnamed camera.
        input: counts received messages, on the executor thread.
        stream: tracks frames, on the worker thread.
        statistics: shared by both threads.
        stall_detector: detects that messages arrive but are not processed.
        limit_checker: compares rate, drops and latency with the limits of the diagnostics.
        subscription: to the input topic; None while the node is inactive.
    """

    name: str
    input: CameraInput
    stream: CameraStream
    statistics: Statistics
    stall_detector: StallDetector = field(default_factory=StallDetector)
    limit_checker: LimitChecker = field(default_factory=LimitChecker)
    subscription: InputSubscription | None = None
