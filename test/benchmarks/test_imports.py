# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Every module of the benchmarks can be imported: most of them run by hand only."""

from __future__ import annotations

import importlib
import pkgutil

import pytest

import benchmarks

MODULES = [m.name for m in pkgutil.walk_packages(benchmarks.__path__, 'benchmarks.')]


@pytest.mark.parametrize('name', [name for name in MODULES if not name.endswith('__main__')])
def test_module_can_be_imported(name: str) -> None:
    pytest.importorskip('rclpy', reason='needs ROS 2')
    importlib.import_module(name)
