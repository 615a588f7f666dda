# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""The nodes of the package: executables as CMakeLists.txt installs them."""

from __future__ import annotations

import importlib
import re
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rclpy.node import Node

REPOSITORY = Path(__file__).resolve().parents[1]
EXECUTABLE = re.compile(r'^install_executable\((?P<name>\S+) (?P<module>\S+)\s', re.MULTILINE)


def node_modules() -> dict[str, str]:
    """Return the module of each executable that is a node, in the order of CMakeLists.txt."""
    found = EXECUTABLE.findall((REPOSITORY / 'CMakeLists.txt').read_text())
    return {name: module for name, module in found if '_' in name}  # commands have hyphens


def node_class(module: ModuleType) -> type[Node]:
    """Return the class of the node that a module defines."""
    from rclpy.node import Node

    return next(
        item
        for item in vars(module).values()
        if isinstance(item, type) and issubclass(item, Node) and item.__module__ == module.__name__
    )


def load(executable: str) -> ModuleType:
    """Import the module of an executable."""
    return importlib.import_module(node_modules()[executable])
