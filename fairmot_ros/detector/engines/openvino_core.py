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
    """
    import openvino

    return openvino.Core()
