"""Makes requests for impossible lifecycle transitions harmless."""

from __future__ import annotations

from typing import Any

from rclpy.impl.implementation_singleton import rclpy_implementation
from rclpy.lifecycle import LifecycleNode

RCLError = rclpy_implementation.RCLError


def guard_transitions(node: LifecycleNode) -> None:
    """Refuse transitions that the present state does not have.

    Without this, up to ROS 2 Jazzy such a request raises in the executor and ends the process.
    """
    service = node._service_change_state
    change_state = service.callback

    def guarded(request: Any, response: Any) -> Any:
        try:
            return change_state(request, response)
        except RCLError as error:
            wanted = request.transition.label or f'id {request.transition.id}'
            node.get_logger().warning(f'transition {wanted} refused: {error}')
            response.success = False
            return response

    service.callback = guarded
