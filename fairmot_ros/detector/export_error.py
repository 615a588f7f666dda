# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""The error of exports."""

from __future__ import annotations


class ExportError(RuntimeError):
    """A network that cannot be exported here; the message says why."""
