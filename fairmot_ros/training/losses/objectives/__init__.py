# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Targets and losses by architecture: a new kind is one file and one entry in `RECIPES`."""

from __future__ import annotations

from fairmot_ros.training.losses.objectives.base import DrawnTargets, Objective, Recipe
from fairmot_ros.training.losses.objectives.heat_map import HEAT_MAP
from fairmot_ros.training.losses.objectives.yolox import YOLOX

__all__ = ['DrawnTargets', 'Objective', 'Recipe', 'recipe_of']

#: Architectures that are not trained with FairMOT's heat map.
RECIPES: dict[str, Recipe] = {'yolox_nano': YOLOX}


def recipe_of(architecture: str) -> Recipe:
    """Return the training recipe of an architecture."""
    return RECIPES.get(architecture, HEAT_MAP)
