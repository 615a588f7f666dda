"""All outputs of the nodes; a further one is one file and one line here."""

from __future__ import annotations

from rclpy.node import Node

from fairmot_ros.ros.outputs.annotated import AnnotatedOutput
from fairmot_ros.ros.outputs.base import FrameResult, Output
from fairmot_ros.ros.outputs.events import EventOutput
from fairmot_ros.ros.outputs.foxglove import FoxgloveOutput
from fairmot_ros.ros.outputs.humans import HumansOutput
from fairmot_ros.ros.outputs.spatial import SpatialOutput
from fairmot_ros.ros.outputs.tracks import TrackOutput
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
    """Return the outputs of one camera.

    Args:
        node: that publishes.
        camera: its name, or ''.
        parameters: decide about optional ones.
        locator: of the camera's people, None if they are not located.
        images: whether there are pictures to draw into.
    """
    outputs: list[Output] = [TrackOutput(node, camera), EventOutput(node, camera)]
    if locator is not None:
        outputs.append(SpatialOutput(node, camera, parameters, locator))
    if FoxgloveOutput.available():
        outputs.append(FoxgloveOutput(node, camera))
    if parameters.outputs.publish_humans and HumansOutput.available():
        outputs.append(HumansOutput(node, camera))
    if images:  # the slowest one last
        outputs.append(AnnotatedOutput(node, camera))
    return outputs
