# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Classes of MOT16, MOT17 and MOT20 by their numbers in ground-truth files."""

from __future__ import annotations

CLASS_NAMES = {
    1: 'pedestrian',
    2: 'person_on_vehicle',
    3: 'car',
    4: 'bicycle',
    5: 'motorbike',
    6: 'non_mot_vehicle',
    7: 'static_person',
    8: 'distractor',
    9: 'occluder',
    10: 'occluder_on_ground',
    11: 'occluder_full',
    12: 'reflection',
    13: 'crowd',
}
#: Possible numbers of columns of a ground-truth file with classes.
WITH_CLASSES = (8, 9)
CLASS_NUMBERS = {name: number for number, name in CLASS_NAMES.items()}
