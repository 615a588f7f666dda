# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Errors of bags."""

from fairmot_ros.files.errors import FileError


class BagError(FileError):
    """A bag that cannot be read, written or used; the message gives the reason."""
