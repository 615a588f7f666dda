# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Handling of failed lifecycle transitions, which rclpy discards or lets end the process."""

from __future__ import annotations

import functools
import traceback
from collections.abc import Callable
from typing import Any, TypeVar

from lifecycle_msgs.srv import ChangeState
from rclpy.lifecycle import LifecycleNode, LifecycleState, TransitionCallbackReturn

from fairmot_ros.memory import is_out_of_memory
from fairmot_ros.ros.processing.failures import describe

N = TypeVar('N', bound=LifecycleNode)
TransitionCallback = Callable[[N, LifecycleState], TransitionCallbackReturn]


def guard_transitions(node: LifecycleNode) -> None:
    """Reject transitions that are not defined for the current state.

    Up to ROS 2 Jazzy, such a request otherwise raises in the executor and ends the process.
    """
    (service,) = (service for service in node.services if service.srv_type is ChangeState)
    change_state = service.callback

    def guarded(request: Any, response: Any) -> Any:
        try:
            return change_state(request, response)
        except RuntimeError as error:  # of rcl: those of transition callbacks do not get here
            if not node.context.ok():  # a signal interrupted the transition
                raise
            transition = request.transition.label or f'id {request.transition.id}'
            node.get_logger().warning(f'transition {transition} rejected: {error}')
            response.success = False
            return response

    service.callback = guarded


def report_failure(callback: TransitionCallback[N]) -> TransitionCallback[N]:
    """Decorate a transition callback so that its exceptions are logged and kept.

    The message is stored in the node's `transition_error`, which diagnostics show until the next
    successful transition. A ValueError or OSError is a user's mistake, and lack of memory no fault
    of this package: only the message is logged, and the node returns to its previous state. Any
    other exception is logged with its traceback and leads to `on_error`.
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
            if is_out_of_memory(error):
                node.transition_error = f'cannot {name}: {describe(error)}'
                node.get_logger().error(node.transition_error)
                return TransitionCallbackReturn.FAILURE
            if node.context.ok():  # otherwise a signal interrupted the transition
                node.transition_error = f'cannot {name}: {type(error).__name__}: {error}'
                node.get_logger().error(node.transition_error)
                node.get_logger().error(''.join(traceback.format_exception(error)))
            return TransitionCallbackReturn.ERROR
        if name != 'error':  # on_error follows a failed transition: keep its message
            node.transition_error = ''
        return result

    return reporting
