# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Service that changes the followed person."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rclpy.parameter import Parameter

from fairmot_ros.following import Target, TargetKind, parse_target
from fairmot_ros.ros.nodes.camera import Camera
from fairmot_ros.ros.outputs.following import FollowOutput
from fairmot_ros.srv import Follow

if TYPE_CHECKING:
    from fairmot_ros.ros.nodes.tracking_node import TrackingNode


class FollowService:
    """Provides `~/follow`, which checks the target and sets the parameter `follow`."""

    def __init__(self, node: TrackingNode, cameras: Sequence[Camera]) -> None:
        """Create the service; `cameras` is the list of the node's cameras."""
        self._node = node
        self._cameras = cameras
        self._service = node.create_service(Follow, '~/follow', self._on_follow)

    def close(self) -> None:
        """Destroy the service."""
        self._node.destroy_service(self._service)

    def _on_follow(self, request: Follow.Request, response: Follow.Response) -> Follow.Response:
        try:
            self._check(parse_target(request.target))
            (result,) = self._node.set_parameters([Parameter('follow', value=request.target)])
            if not result.successful:
                raise ValueError(result.reason)
        except ValueError as error:
            response.success, response.message = False, str(error)
            return response
        for output in self._outputs():
            output.restart()
        response.success = True
        response.message = (
            f'following {request.target}' if request.target else 'following is disabled'
        )
        return response

    def _check(self, target: Target) -> None:
        """Raise ValueError if no person can be chosen."""
        target.check_camera([camera.name for camera in self._cameras])
        for camera, output in zip(self._cameras, self._outputs()):
            gallery = camera.stream.gallery  # names are the same in all of them
            names = None if gallery is None else gallery.names
            if problem := target.in_camera(camera.name).problem(output.track_ids, names):
                raise ValueError(problem)
        settings = self._node.parameters.positions
        if target.kind is TargetKind.NEAREST and settings.position_source == 'none':
            raise ValueError('nearest needs positions: set position_source to depth or ground')

    def _outputs(self) -> list[FollowOutput]:
        outputs = [output for camera in self._cameras for output in camera.stream.outputs]
        return [output for output in outputs if isinstance(output, FollowOutput)]
