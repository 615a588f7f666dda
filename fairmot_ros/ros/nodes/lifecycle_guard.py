"""Reports failed lifecycle transitions, which rclpy ignores or lets end the process."""

from __future__ import annotations

import functools
import traceback
from collections.abc import Callable
from typing import Any, TypeVar

from rclpy.impl.implementation_singleton import rclpy_implementation
from rclpy.lifecycle import LifecycleNode, LifecycleState, TransitionCallbackReturn

RCLError = rclpy_implementation.RCLError

N = TypeVar('N', bound=LifecycleNode)
TransitionCallback = Callable[[N, LifecycleState], TransitionCallbackReturn]


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
            if not node.context.ok():  # a signal interrupted the transition
                raise
            wanted = request.transition.label or f'id {request.transition.id}'
            node.get_logger().warning(f'transition {wanted} refused: {error}')
            response.success = False
            return response

    service.callback = guarded


def report_failure(callback: TransitionCallback[N]) -> TransitionCallback[N]:
    """Log an exception of a transition callback, which rclpy discards.

    The node's `transition_error`, which its diagnostics show, is the message until a transition
    succeeds. A ValueError or OSError is a sentence about the node's input: it is logged alone, and
    the node returns to its previous state. Any other exception is logged with its traceback and
    leads to `on_error`.
    """
    name = callback.__name__.removeprefix('on_')

    @functools.wraps(callback)
    def reporting(node: N, state: LifecycleState) -> TransitionCallbackReturn:
        try:
            result = callback(node, state)
        except (ValueError, OSError) as error:
            node.transition_error = f'cannot {name}: {error}'
            node.get_logger().error(node.transition_error)
            return TransitionCallbackReturn.FAILURE
        except Exception as error:
            if node.context.ok():  # otherwise a signal interrupted the transition
                node.transition_error = f'cannot {name}: {type(error).__name__}: {error}'
                node.get_logger().error(node.transition_error)
                node.get_logger().error(''.join(traceback.format_exception(error)))
            return TransitionCallbackReturn.ERROR
        if name != 'error':  # which follows a failed transition
            node.transition_error = ''
        return result

    return reporting
