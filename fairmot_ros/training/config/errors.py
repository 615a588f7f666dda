# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Errors and checks of training files."""

from __future__ import annotations

from fairmot_ros.files.errors import FileError


class ConfigError(FileError):
    """Unusable training file; the message names the file and the reason."""


def check_choice(name: str, value: object, choices: tuple[object, ...]) -> None:
    """Raise ValueError if a value is not one of the choices."""
    if value not in choices:
        expected = ', '.join(repr(choice) for choice in choices)
        raise ValueError(f'{name} must be one of {expected}, got {value!r}')
