"""The oldest versions of Python packages that work: those of Debian 12.

`setup.py`, `fairmot-check`, the detector and the documentation have them from here;
`make test-oldest` runs the tests with them.
"""

from __future__ import annotations

import re

#: By the name that Python imports.
OLDEST = {'cv2': '4.6', 'numpy': '1.24', 'scipy': '1.10', 'torch': '1.13'}


def is_older(version: str, oldest: str) -> bool:
    """Return whether a version comes before another.

    >>> is_older('1.9.1', '1.13'), is_older('1.13.0a0', '1.13'), is_older('2.13.0+cpu', '1.13')
    (True, False, False)
    """
    return _numbers(version) < _numbers(oldest)


def check_version(name: str, version: str) -> None:
    """Raise ValueError if the version of a package is too old."""
    if is_older(version, OLDEST[name]):
        raise ValueError(f'{name} {version} is too old: {OLDEST[name]} or newer is needed')


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r'\d+', version)[:2])
