# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""The counters of a camera, with their meanings from the docstring of their dataclass."""

from __future__ import annotations

import re

FIELD = re.compile(r'^ {4,}(\w+): (.+)$', re.MULTILINE)


def counter_meanings() -> dict[str, str]:
    """Return the meaning of each counter by its name."""
    from fairmot_ros.ros.health.statistics import Counters

    return {name: meaning.rstrip('.') for name, meaning in FIELD.findall(Counters.__doc__ or '')}
