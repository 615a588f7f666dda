# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Outputs of the nodes: one class per group of topics; add new ones to `make_outputs`."""

from __future__ import annotations

from rclpy.node import Node

from fairmot_ros.ros.outputs.annotated import AnnotatedOutput
from fairmot_ros.ros.outputs.base import FrameResult, Output
from fairmot_ros.ros.outputs.events import EventOutput
from fairmot_ros.ros.outputs.following import FollowOutput
from fairmot_ros.ros.outputs.foxglove import FoxgloveOutput
from fairmot_ros.ros.outputs.humans import HumansOutput
from fairmot_ros.ros.outputs.spatial import SpatialOutput
from fairmot_ros.ros.outputs.tracks import TrackOutput
from fairmot_ros.ros.outputs.zones import ZoneOutput
from fairmot_ros.ros.parameters import TrackingParameters
from fairmot_ros.ros.processing.person_locator import PersonLocator

__all__ = ['FrameResult', 'Output', 'make_outputs']


def make_outputs(
    node: Node,
    camera: str,
    parameters: TrackingParameters,
    locator: PersonLocator | None,
    *,
    images: bool,
) -> list[Output]:
    """Create the outputs of one camera.

    Args:
        node: creates the publishers.
        camera: name of the camera, '' for a single unnamed camera.
        parameters: enable optional outputs.
        locator: computes positions, None if none are published.
        images: whether the node receives images, which can be annotated.
    """
    outputs: list[Output] = [TrackOutput(node, camera), EventOutput(node, camera)]
    if locator is not None:
        outputs.append(SpatialOutput(node, camera, parameters, locator))
    outputs.append(FollowOutput(node, camera, locator))  # uses the positions of the frame
    zones = None
    if ZoneOutput.is_enabled(camera, parameters):
        zones = ZoneOutput(node, camera, parameters, locator)
        outputs.append(zones)
    if FoxgloveOutput.available():
        outputs.append(FoxgloveOutput(node, camera))
    if parameters.outputs.publish_humans:
        outputs.append(HumansOutput(node, camera))
    if images:  # last, as it is the slowest
        outputs.append(AnnotatedOutput(node, camera, zones))
    return outputs
