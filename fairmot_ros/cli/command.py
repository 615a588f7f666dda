"""How every command about bags runs: mistakes in one sentence, an interruption quietly."""

from __future__ import annotations

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
