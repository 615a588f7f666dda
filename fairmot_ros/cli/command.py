# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Shared parts of the commands: exit codes, error messages, parsing of sizes."""

from __future__ import annotations

import argparse
import sys
import traceback
from collections.abc import Callable

from fairmot_ros import starting
from fairmot_ros.starting import ExitCode

__all__ = ['RESUMABLE', 'ExitCode', 'parse_size', 'run_command']

OPTIONAL_PACKAGES = ('rosbags', 'mcap', 'rclpy', 'optuna', 'distributed')
RESUMABLE = 'interrupted; the same command resumes it'


def run_command(
    name: str,
    work: Callable[[], int],
    *,
    mistakes: tuple[type[Exception], ...] = (),
    interrupted: str = 'interrupted',
) -> int:
    """Run a command; print its errors on stderr and return its exit code.

    ValueError and OSError are mistakes of the user: their message is printed as one line. Other
    exceptions are faults of this package and are printed with their traceback.

    Args:
        name: name of the command.
        work: main function; it imports optional packages and returns the exit code.
        mistakes: further exceptions that are mistakes of the user.
        interrupted: message on Ctrl-C.
    """
    user_errors: tuple[type[Exception], ...] = (ValueError, OSError, *mistakes)
    try:
        starting.ready()
        code = work()
        if starting.was_interrupted():
            raise KeyboardInterrupt
        return code
    except ModuleNotFoundError as error:
        package = (error.name or '').split('.')[0]
        if package not in OPTIONAL_PACKAGES:
            return _report_fault(name)
        advice = (
            'source the setup.bash of a ROS 2 installation'
            if package == 'rclpy'
            else f'pip install {package}'
        )
        print(f'{name}: the Python package {package} is missing: {advice}', file=sys.stderr)
        return ExitCode.USAGE_ERROR
    except user_errors as error:
        print(f'{name}: {error}', file=sys.stderr)
        return ExitCode.USAGE_ERROR
    except KeyboardInterrupt:
        print(f'{name}: {interrupted}', file=sys.stderr)
        return starting.leave(ExitCode.INTERRUPTED)
    except Exception:
        return _report_fault(name)


def _report_fault(name: str) -> int:
    """Print the current exception with its traceback, and where to report it."""
    traceback.print_exc()
    print(
        f'{name}: this is a fault of fairmot_ros: report it to the maintainers named in '
        'package.xml, with the lines above and the output of fairmot-check',
        file=sys.stderr,
    )
    return ExitCode.INTERNAL_ERROR


def parse_size(text: str) -> tuple[int, int]:
    """Parse an argument such as 640x480 into (width, height)."""
    try:
        width, height = text.lower().split('x')
        return int(width), int(height)
    except ValueError:
        raise argparse.ArgumentTypeError(f'expected WIDTHxHEIGHT, got {text!r}') from None
