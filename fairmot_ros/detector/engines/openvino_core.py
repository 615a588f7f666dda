# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""The one OpenVINO core of a process."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from fairmot_ros.files.errors import reason_of
from fairmot_ros.files.writing import WriteError


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


def save_model(model: Any, path: Path, name: Path | None = None) -> None:
    """Write a model in float32: an .xml file, and its weights as .bin beside it.

    Args:
        model: an `openvino.Model`.
        path: of the .xml file.
        name: path in the message of an error, if `path` is a temporary one.

    Raises:
        WriteError: if a file cannot be written; OpenVINO has only RuntimeError for it.
    """
    import openvino

    try:
        openvino.save_model(model, path, compress_to_fp16=False)
    except RuntimeError as error:
        reason = f'{reason_of(error)}; check that the disk is not full'
        raise WriteError(f'{name or path} cannot be written: {reason}') from error
