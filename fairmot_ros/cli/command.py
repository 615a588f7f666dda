"""What commands share: sizes as arguments, mistakes in one sentence, quiet interruptions."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable

PACKAGES = ('rosbags', 'mcap', 'rclpy')  # that not every installation has
MISTAKE, INTERRUPTED = 2, 130


def run_command(name: str, work: Callable[[], int]) -> int:
    """Return the exit code of `work`, with errors that a user can mend printed on stderr.

    Args:
        name: of the command.
        work: does it and returns its exit code; imports what may be missing.
    """
    try:
        return work()
    except ModuleNotFoundError as error:
        package = (error.name or '').split('.')[0]
        if package not in PACKAGES:
            raise
        advice = (
            'source the setup.bash of a ROS 2' if package == 'rclpy' else f'pip install {package}'
        )
        print(f'{name}: the Python package {package} is missing: {advice}', file=sys.stderr)
        return MISTAKE
    except (ValueError, OSError) as error:
        print(f'{name}: {error}', file=sys.stderr)
        return MISTAKE
    except KeyboardInterrupt:
        print(f'{name}: interrupted', file=sys.stderr)
        return INTERRUPTED


def parse_size(text: str) -> tuple[int, int]:
    """Return (width, height) of an argument like 640x480."""
    try:
        width, height = text.lower().split('x')
        return int(width), int(height)
    except ValueError:
        raise argparse.ArgumentTypeError(f'expected WIDTHxHEIGHT, got {text!r}') from None
