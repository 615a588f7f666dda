"""Settings of earlier versions that files may still hold."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

#: Name of a setting that is gone: why it has no effect.
REMOVED = {'near_height': 'every image is processed once, at one size'}
#: Former name of a setting: its name now.
RENAMED = {'looks': 'teacher_embeddings'}

logger = logging.getLogger(__name__)


def current_settings(values: Mapping[str, Any], origin: str) -> dict[str, Any]:
    """Return the settings of a file under the names of today; the log names what changed.

    Args:
        values: as the file has them.
        origin: of the values, for the log.
    """
    current = {}
    for name, value in values.items():
        if name in REMOVED:
            logger.warning('%s: %s has no effect any more: %s', origin, name, REMOVED[name])
            continue
        if name in RENAMED:
            logger.warning('%s: %s is now called %s', origin, name, RENAMED[name])
        current[RENAMED.get(name, name)] = value
    return current
