# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Result of one installation check, and helpers of the checks."""

from __future__ import annotations

import enum
import importlib
import os
from dataclasses import dataclass
from typing import Any


class Level(enum.Enum):
    """Severity of a finding; a PROBLEM keeps the nodes from working."""

    OK = enum.auto()
    NOTE = enum.auto()
    PROBLEM = enum.auto()


@dataclass(frozen=True)
class Finding:
    """Result of one check.

    Attributes:
        name: the part that was checked, such as 'torch'.
        level: severity.
        text: what was found.
        advice: what to do about it, '' if nothing.
    """

    name: str
    level: Level
    text: str
    advice: str = ''


def try_import(module: str) -> tuple[Any, str]:
    """Import a module; return it and '', or None and the error in one line."""
    try:
        return importlib.import_module(module), ''
    except Exception as error:  # a broken binary module may raise anything
        return None, f'{type(error).__name__}: {error}'.splitlines()[0]


def apt_names(packages: list[str]) -> str:
    """Return the apt names of ROS packages for the sourced distribution, separated by spaces."""
    distribution = os.environ.get('ROS_DISTRO', '<distro>')
    return ' '.join(f'ros-{distribution}-{name.replace("_", "-")}' for name in packages)
