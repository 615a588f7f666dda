"""Settings of earlier versions that files may still hold."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

#: Name of a setting that is gone: why it has no effect.
REMOVED = {'near_height': 'every image is processed once, at one size'}

logger = logging.getLogger(__name__)


def without_removed(values: Mapping[str, Any], origin: str) -> dict[str, Any]:
    """Return the settings of a file less those that are gone, which are named in the log."""
    for name in sorted(REMOVED.keys() & values.keys()):
        logger.warning('%s: %s has no effect any more: %s', origin, name, REMOVED[name])
    return {name: value for name, value in values.items() if name not in REMOVED}
