# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""All targets, grouped by the module that defines them."""

from __future__ import annotations

from importlib import import_module

from fuzz.target import Target

#: Modules that define `TARGETS`; the last one requires ROS 2.
GROUPS = (
    'checkpoints',
    'onnx_files',
    'bags',
    'label_files',
    'training_labels',
    'yaml_files',
    'gallery_files',
    'images',
    'messages',
)


def targets_of(group: str) -> tuple[Target, ...]:
    """Return the targets of a module.

    Raises:
        ImportError: if a required package is not installed.
    """
    found: tuple[Target, ...] = import_module(f'fuzz.{group}').TARGETS
    return found
