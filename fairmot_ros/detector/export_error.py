"""The error of exports."""

from __future__ import annotations


class ExportError(RuntimeError):
    """A network that cannot be exported here; the message says why."""
