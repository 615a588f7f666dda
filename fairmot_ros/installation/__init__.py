"""What the nodes need from the machine, looked at piece by piece.

No file here imports at its top what may be missing: the answer to a broken installation must
not be a traceback.
"""

from __future__ import annotations

from collections.abc import Iterator

from fairmot_ros.installation.finding import Finding, Level
from fairmot_ros.installation.machine import check_machine
from fairmot_ros.installation.modules import check_modules
from fairmot_ros.installation.ros import check_ros

__all__ = ['Finding', 'Level', 'examine']


def examine() -> Iterator[Finding]:
    """Yield everything worth knowing, the ground first."""
    yield from check_modules()
    yield from check_ros()
    yield from check_machine()
