"""What commands share: exit codes, errors as one sentence, sizes as arguments."""

from __future__ import annotations

import argparse
import sys
import traceback
from collections.abc import Callable

from fairmot_ros import starting
from fairmot_ros.starting import ExitCode

__all__ = ['RESUMABLE', 'ExitCode', 'parse_size', 'run_command']

PACKAGES = ('rosbags', 'mcap', 'rclpy')  # that not every installation has
RESUMABLE = 'stopped; the same command resumes it'


def run_command(
    name: str,
    work: Callable[[], int],
    *,
    mistakes: tuple[type[Exception], ...] = (),
    interrupted: str = 'interrupted',
) -> int:
    """Return the exit code of `work`, or the one of the error that ends it, printed on stderr.

    ValueError and OSError are a user's mistakes: what they say is printed as one sentence. All
    other exceptions are faults of this package, printed with their traceback.

    Args:
        name: of the command.
        work: does it and returns its exit code; imports what may be missing.
        mistakes: further exceptions that are a user's mistakes.
        interrupted: what to print on Ctrl-C.
    """
    users: tuple[type[Exception], ...] = (ValueError, OSError, *mistakes)
    try:
        starting.ready()
        code = work()
        if starting.was_interrupted():
            raise KeyboardInterrupt
        return code
    except ModuleNotFoundError as error:
        package = (error.name or '').split('.')[0]
        if package not in PACKAGES:
            return _report_fault(name)
        advice = (
            'source the setup.bash of a ROS 2' if package == 'rclpy' else f'pip install {package}'
        )
        print(f'{name}: the Python package {package} is missing: {advice}', file=sys.stderr)
        return ExitCode.USAGE_ERROR
    except users as error:
        print(f'{name}: {error}', file=sys.stderr)
        return ExitCode.USAGE_ERROR
    except KeyboardInterrupt:
        print(f'{name}: {interrupted}', file=sys.stderr)
        return starting.leave(ExitCode.INTERRUPTED)
    except Exception:
        return _report_fault(name)


def _report_fault(name: str) -> int:
    """Print the exception that is being handled, and where to report it."""
    traceback.print_exc()
    print(
        f'{name}: this is a fault of fairmot_ros: report it to the maintainers named in '
        'package.xml, with the lines above and the output of fairmot-check',
        file=sys.stderr,
    )
    return ExitCode.INTERNAL_ERROR


def parse_size(text: str) -> tuple[int, int]:
    """Return (width, height) of an argument like 640x480."""
    try:
        width, height = text.lower().split('x')
        return int(width), int(height)
    except ValueError:
        raise argparse.ArgumentTypeError(f'expected WIDTHxHEIGHT, got {text!r}') from None
