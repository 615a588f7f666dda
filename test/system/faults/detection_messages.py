# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Messages with detections, the input of the light node `detection_tracker`."""

from __future__ import annotations

from vision_msgs.msg import Detection2D, Detection2DArray, ObjectHypothesisWithPose

TRACKER = 'nodes.detection_tracker_node'
STATUS = 'detection_tracker: tracking'


def make_detections(seconds: float) -> Detection2DArray:
    """Return one person, who walks to the right by two pixels per second, at a stamp."""
    result = ObjectHypothesisWithPose()
    result.hypothesis.class_id, result.hypothesis.score = 'person', 0.9
    person = Detection2D(results=[result])
    person.bbox.center.position.x = 100.0 + 2.0 * (seconds % 1000.0)
    person.bbox.center.position.y = 200.0
    person.bbox.size_x, person.bbox.size_y = 60.0, 150.0
    message = Detection2DArray(detections=[person])
    message.header.frame_id = 'eye'
    message.header.stamp.sec = int(seconds)
    message.header.stamp.nanosec = round(seconds % 1 * 1e9)
    return message
