"""What was found out about one part of an installation."""

from __future__ import annotations

import enum
import importlib
import os
from dataclasses import dataclass
from typing import Any


class Level(enum.Enum):
    """How much a finding matters."""

    OK = enum.auto()
    NOTE = enum.auto()
    PROBLEM = enum.auto()


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at.

    Attributes:
        name: of the thing.
        level: how much it matters.
        text: what was found.
        advice: what to do, or ''.
    """

    name: str
    level: Level
    text: str
    advice: str = ''


def try_import(module: str) -> tuple[Any, str]:
    """Return the module, or None and why not."""
    try:
        return importlib.import_module(module), ''
    except Exception as error:  # a broken binary module may raise anything
        return None, f'{type(error).__name__}: {error}'.splitlines()[0]


def apt_names(packages: list[str]) -> str:
    """Return what apt calls ROS packages, for the distribution in use."""
    distribution = os.environ.get('ROS_DISTRO', '<distro>')
    return ' '.join(f'ros-{distribution}-{name.replace("_", "-")}' for name in packages)
