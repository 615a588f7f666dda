"""Running a node until it is told to stop, and ending cleanly."""

from __future__ import annotations

import signal
from collections.abc import Callable

import rclpy
from rclpy.executors import ExternalShutdownException, SingleThreadedExecutor
from rclpy.node import Node

NodeFactory = Callable[[], Node]


def run_node(
    make_node: NodeFactory,
    done: Callable[[Node], bool] = lambda node: False,
    args: list[str] | None = None,
    start: Callable[[Node], None] = lambda node: None,
) -> int:
    """Create a node and serve it; returns the exit code.

    Args:
        make_node: called once ROS is up.
        done: asked now and then; the node ends when it says yes.
        args: command line, that of the process by default.
        start: called once with the node, before it is served.
    """
    rclpy.init(args=args)
    node = None
    try:
        node = make_node()
        start(node)
        executor = SingleThreadedExecutor()
        executor.add_node(node)
        # Not spin(): on Jazzy a SIGTERM can be lost in it. This loop looks up now and then.
        while rclpy.ok() and not done(node):
            executor.spin_once(timeout_sec=0.1)
    except (KeyboardInterrupt, ExternalShutdownException):
        pass
    except Exception:
        # A signal can pull the context away from under any call; that is no failure.
        if rclpy.ok():
            raise
    finally:
        # A second Ctrl-C must not cut the tidying up short.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        if node is not None:
            node.destroy_node()
        rclpy.try_shutdown()
    return 0
