# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Shared parts of the commands: exit codes, error messages, parsing of sizes."""

from __future__ import annotations

import argparse
import contextlib
import errno
import os
import sys
import traceback
from collections.abc import Callable

from fairmot_ros import starting
from fairmot_ros.memory import is_out_of_memory, words_of_library
from fairmot_ros.starting import ExitCode

__all__ = ['RESUMABLE', 'ExitCode', 'parse_size', 'run_command']

OPTIONAL_PACKAGES = ('rosbags', 'mcap', 'rclpy', 'optuna', 'distributed')
OUTPUT_ERRORS = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EPIPE)
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
    try:
        code = _run(name, work, (ValueError, OSError, *mistakes))
    except KeyboardInterrupt:  # also while an error is reported
        starting.ignore_signals()
        _say(f'{name}: {interrupted}')
        return starting.leave(ExitCode.INTERRUPTED)
    starting.end_on_signals(code)
    return code


def _run(name: str, work: Callable[[], int], user_errors: tuple[type[Exception], ...]) -> int:
    """Run the command and report its errors; raise KeyboardInterrupt if it was interrupted."""
    try:
        starting.ready()
        code = work()
        if starting.was_interrupted():
            raise KeyboardInterrupt
        sys.stdout.flush()
        return code
    except Exception as error:
        # Native code may replace a KeyboardInterrupt, and the nodes of a command may end first.
        if starting.was_interrupted():
            raise KeyboardInterrupt from error
        if isinstance(error, ModuleNotFoundError):
            return _report_missing(name, error)
        if is_out_of_memory(error):
            _say(
                f'{name}: out of memory ({words_of_library(error)}): end other processes, or use '
                'fewer workers, smaller images or a smaller batch'
            )
            return ExitCode.INTERNAL_ERROR
        if not isinstance(error, user_errors):
            return _report_fault(name)
        text = _output_error(error) if isinstance(error, OSError) else ''
        _say(f'{name}: {text or error}')
        return ExitCode.USAGE_ERROR


def _say(text: str) -> None:
    """Print on standard error; an error of it is ignored, so that the exit code is kept."""
    with contextlib.suppress(OSError):
        print(text, file=sys.stderr, flush=True)


def _report_missing(name: str, error: ModuleNotFoundError) -> int:
    """Print how to install a missing package."""
    package = (error.name or '').split('.')[0]
    if package not in OPTIONAL_PACKAGES:
        return _report_fault(name)
    advice = (
        'source the setup.bash of a ROS 2 installation'
        if package == 'rclpy'
        else f'pip install {package}'
    )
    _say(f'{name}: the Python package {package} is missing: {advice}')
    return ExitCode.USAGE_ERROR


def _output_error(error: OSError) -> str:
    """Return a message if an error is of the standard output, '' if not.

    Errors of files are of other classes or have a path. What is left to print is then discarded,
    as Python would try again at the end of the process.
    """
    if (
        type(error) not in (OSError, BrokenPipeError)
        or error.filename is not None
        or error.errno not in OUTPUT_ERRORS
    ):
        return ''
    if sys.__stdout__ is not None and sys.stdout is sys.__stdout__:
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, sys.__stdout__.fileno())
        os.close(null)
    return f'the standard output cannot be written: {error.strerror}'


def _report_fault(name: str) -> int:
    """Print the current exception with its traceback, and where to report it."""
    _say(
        f'{traceback.format_exc()}'
        f'{name}: this is a fault of fairmot_ros: report it to the maintainers named in '
        'package.xml, with the lines above and the output of fairmot-check'
    )
    return ExitCode.INTERNAL_ERROR


def parse_size(text: str) -> tuple[int, int]:
    """Parse an argument such as 640x480 into (width, height)."""
    try:
        width, height = text.lower().split('x')
        return int(width), int(height)
    except ValueError:
        raise argparse.ArgumentTypeError(f'expected WIDTHxHEIGHT, got {text!r}') from None
