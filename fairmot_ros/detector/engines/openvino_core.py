# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""The one OpenVINO core of a process."""

from __future__ import annotations

from functools import cache
from typing import Any


@cache
def openvino_core() -> Any:
    """Return the process's `openvino.Core`.

    It outlives every network that it compiled: what those need at their end is unloaded with it.
    It reads files into memory instead of mapping them: a process that runs weights from a mapped
    file is killed by SIGBUS when the file is cut short.
    """
    import openvino

    core = openvino.Core()
    core.set_property({'ENABLE_MMAP': False})
    return core
