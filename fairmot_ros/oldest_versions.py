# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Oldest supported versions of Python packages: those of Debian 12.

Used by `setup.py`, `fairmot-check`, the detector and the documentation; `make test-oldest` runs
the tests with these versions.
"""

from __future__ import annotations

import re

#: Oldest version by import name.
OLDEST = {'cv2': '4.6', 'numpy': '1.24', 'scipy': '1.10', 'torch': '1.13'}


def is_older(version: str, oldest: str) -> bool:
    """Return whether a version is older than another; only the first two numbers count.

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
