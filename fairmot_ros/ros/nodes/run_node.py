"""Running a node until it is told to stop, and ending cleanly."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import sys
import traceback
from collections.abc import Callable
from pathlib import Path

import rclpy
from rclpy.exceptions import ParameterException
from rclpy.executors import ExternalShutdownException, SingleThreadedExecutor
from rclpy.impl.implementation_singleton import rclpy_implementation
from rclpy.node import Node

from fairmot_ros import starting
from fairmot_ros.starting import ExitCode

NodeFactory = Callable[[], Node]
Errors = tuple[type[BaseException], ...]

#: What rclpy raises for arguments that it cannot use.
ARGUMENT_ERRORS: Errors = tuple(
    getattr(rclpy_implementation, name)
    for name in ('RCLError', 'RCLInvalidROSArgsError', 'UnknownROSArgsError', 'InvalidHandle')
    if hasattr(rclpy_implementation, name)
)
#: What a node raises for parameters, files and arguments that it cannot use.
MISTAKES: Errors = (ValueError, OSError, ParameterException, *ARGUMENT_ERRORS)
SOURCE_PLACES = re.compile(r',? at \S+?:\d+')  # in the messages of rcl


def run_node(
    make_node: NodeFactory,
    done: Callable[[Node], bool] = lambda node: False,
    args: list[str] | None = None,
    start: Callable[[Node], None] = lambda node: None,
    mistakes: Errors = (),
) -> int:
    """Create a node and serve it; returns the exit code.

    What a user can change is printed as one sentence, with code 2: whatever MISTAKES the node
    raises before it is served, OSError and `mistakes` at any time. Any other exception is printed
    with its traceback, with code 3.

    Args:
        make_node: called once ROS is up.
        done: asked now and then; the node ends when it says yes.
        args: command line, that of the process by default.
        start: called once with the node, before it is served.
        mistakes: further exceptions that are a user's mistakes.
    """
    node = None
    initialised = False
    users: Errors = (*MISTAKES, *mistakes)
    try:
        ensure_home()
        rclpy.init(args=args)
        initialised = True
        starting.ready()
        node = make_node()
        start(node)
        users = (OSError, *mistakes)
        executor = SingleThreadedExecutor()
        executor.add_node(node)
        # Not spin(): on Jazzy a SIGTERM can be lost in it. This loop looks up now and then.
        while rclpy.ok() and not done(node):
            executor.spin_once(timeout_sec=0.1)
    except (KeyboardInterrupt, ExternalShutdownException):
        pass
    except users as error:
        # A signal can pull the context away from under any call; that is no failure.
        if rclpy.ok() or not initialised:
            print(f'error: {one_line(error)}', file=sys.stderr)
            return ExitCode.MISTAKE
    except Exception:
        if rclpy.ok():
            traceback.print_exc()
            return ExitCode.FAULT
    finally:
        # A second Ctrl-C must not cut the tidying up short.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        if node is not None:
            node.destroy_node()
        # From Kilted on, this destroys nodes whose construction failed, in rclpy's parts too.
        with contextlib.suppress(*([Exception] if node is None else [])):
            rclpy.try_shutdown()
    return ExitCode.SUCCESS


def ensure_home() -> None:
    """Set HOME, where services run without it, to the user's folder: ROS keeps its logs there."""
    if 'HOME' not in os.environ:
        with contextlib.suppress(RuntimeError):  # the user has none
            os.environ['HOME'] = str(Path.home())


def one_line(error: BaseException) -> str:
    """Return the message of an error in one line, without places in the source code of rcl."""
    text = ' '.join(SOURCE_PLACES.sub('', str(error)).split())
    if 'logging' in text and isinstance(error, ARGUMENT_ERRORS):
        text += ': set ROS_LOG_DIR to a folder that can be written'
    return text
