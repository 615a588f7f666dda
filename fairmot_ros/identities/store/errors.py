# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Errors of the store."""

from __future__ import annotations

from fairmot_ros.files.errors import FileError


class StoreError(FileError):
    """A store that cannot be used; the message gives its path, why, and what to do."""
