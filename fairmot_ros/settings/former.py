# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Names of settings in earlier versions, which are still accepted in files."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

#: Reason why a removed setting has no effect, by its name.
REMOVED = {'near_height': 'every image is processed once, at one size'}
#: Current name of a setting by its former name.
RENAMED = {
    'looks': 'teacher_embeddings',
    'look_weight': 'teacher_weight',
    'max_decoys': 'max_distractors',
    'hard_decoys': 'hard_distractors',
    'max_age': 'max_input_age',
    'absence_limit': 'max_reid_distance',
    'appearance_limit': 'max_appearance_distance',
    'box_limit': 'max_box_distance',
    'low_limit': 'max_low_score_distance',
    'tentative_limit': 'max_tentative_distance',
    'duplicate_limit': 'max_duplicate_distance',
    'gallery_seconds': 'gallery_ttl',
    'max_lost': 'lost_timeout',
    'max_tentative': 'tentative_timeout',
    'max_absence': 'reid_timeout',
    'confirmation': 'confirmation_evidence',
    'protect_appearance': 'skip_occluded_appearance',
}

logger = logging.getLogger(__name__)


def current_settings(values: Mapping[str, Any], origin: str) -> dict[str, Any]:
    """Rename former settings and drop removed ones, with a warning for each.

    If a setting is given under both names, the current name takes precedence.

    Args:
        values: settings of a file by name.
        origin: name of the file in warnings.
    """
    current = {}
    for name, value in values.items():
        if name in REMOVED:
            logger.warning('%s: %s has no effect any more: %s', origin, name, REMOVED[name])
            continue
        if name in RENAMED:
            new = RENAMED[name]
            logger.warning(
                '%s: %s is now called %s; rename it before version 2.0', origin, name, new
            )
            if new in values:
                continue
            name = new
        current[name] = value
    return current
