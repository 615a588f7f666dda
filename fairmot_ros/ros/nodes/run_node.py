# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Run a node until it is done or interrupted, and shut down cleanly."""

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
from rclpy.signals import uninstall_signal_handlers

from fairmot_ros import starting
from fairmot_ros.ros.processing.failures import describe
from fairmot_ros.starting import ExitCode

NodeFactory = Callable[[], Node]
Errors = tuple[type[BaseException], ...]

#: Exceptions of rclpy for invalid command-line arguments.
ARGUMENT_ERRORS: Errors = tuple(
    getattr(rclpy_implementation, name)
    for name in ('RCLError', 'RCLInvalidROSArgsError', 'UnknownROSArgsError', 'InvalidHandle')
    if hasattr(rclpy_implementation, name)
)
#: Exceptions for invalid parameters, files and arguments: mistakes that a user can correct.
MISTAKES: Errors = (ValueError, OSError, ParameterException, *ARGUMENT_ERRORS)
SOURCE_LOCATION = re.compile(r',? at \S+?:\d+')  # in the messages of rcl


def run_node(
    make_node: NodeFactory,
    done: Callable[[Node], bool] = lambda node: False,
    args: list[str] | None = None,
    start: Callable[[Node], None] = lambda node: None,
    mistakes: Errors = (),
) -> int:
    """Create a node, spin it until it ends, and return the exit code.

    A user's mistake is printed in one line, with exit code 2: `MISTAKES` raised before the
    node spins, OSError and `mistakes` at any time, OSError also when the node is destroyed. Any
    other exception is printed with its traceback, with exit code 3.

    Args:
        make_node: creates the node; called after ROS is initialised.
        done: returns whether to end the node; called every 0.1 s at least.
        args: command line; None for that of the process.
        start: called once with the node, before it spins.
        mistakes: further exceptions that are a user's mistake.
    """
    try:
        return _run_node(make_node, done, args, start, mistakes)
    except KeyboardInterrupt:  # raised while another exception was handled
        return ExitCode.SUCCESS


def _run_node(
    make_node: NodeFactory,
    done: Callable[[Node], bool],
    args: list[str] | None,
    start: Callable[[Node], None],
    mistakes: Errors,
) -> int:
    node = executor = None
    code = ExitCode.SUCCESS
    initialised = False
    expected: Errors = (*MISTAKES, *mistakes)
    try:
        ensure_home()
        rclpy.init(args=args)
        initialised = True
        starting.ready()
        node = make_node()
        start(node)
        expected = (OSError, *mistakes)
        executor = SingleThreadedExecutor()
        executor.add_node(node)
        # Not spin(): on Jazzy, it can miss a SIGTERM.
        while rclpy.ok() and not done(node):
            executor.spin_once(timeout_sec=0.1)
    except (KeyboardInterrupt, ExternalShutdownException):
        pass
    except expected as error:
        # A signal shuts the context down, which makes any call fail; that is no error.
        if rclpy.ok() or not initialised:
            code = _report(error)
    except MemoryError as error:  # rclpy does not take further messages after it
        print(f'error: {describe(error)}', file=sys.stderr)
        code = ExitCode.INTERNAL_ERROR
    except Exception:
        if rclpy.ok():
            traceback.print_exc()
            code = ExitCode.INTERNAL_ERROR
    finally:
        if initialised:
            # rclpy's thread for signals may still trigger what the executor is about to destroy,
            # which would crash: this waits for it.
            uninstall_signal_handlers()
        # A second signal must not interrupt the cleanup.
        for number in starting.BLOCKED_SIGNALS:
            signal.signal(number, signal.SIG_IGN)
        if executor is not None:  # before the context: its guard conditions cannot outlive it
            executor.shutdown(timeout_sec=0)
        if node is not None:
            try:
                node.destroy_node()
            except OSError as error:  # of a file that a node writes at its end
                later = _report(error)
                code = code or later  # the first one decides
        # From Kilted on, this destroys nodes whose construction failed, which may raise.
        with contextlib.suppress(*([Exception] if node is None else [])):
            rclpy.try_shutdown()
    return code


def _report(error: BaseException) -> ExitCode:
    """Print a user's mistake in one line; return the exit code."""
    print(f'error: {one_line(error)}', file=sys.stderr)
    return ExitCode.USAGE_ERROR


def ensure_home() -> None:
    """Set HOME, the parent of the ROS log folder, if it is missing, as in some services."""
    if 'HOME' not in os.environ:
        with contextlib.suppress(RuntimeError):  # the user has no home folder
            os.environ['HOME'] = str(Path.home())


def one_line(error: BaseException) -> str:
    """Return the message of an error in one line, without source locations of rcl."""
    text = ' '.join(SOURCE_LOCATION.sub('', str(error)).split())
    if 'logging' in text and isinstance(error, ARGUMENT_ERRORS):
        text += ': set ROS_LOG_DIR to a writable folder'
    return text
