"""Targets and losses by architecture: another kind is one file and one line here."""

from __future__ import annotations

from fairmot_ros.training.losses.objectives.base import DrawnTargets, Objective, Recipe
from fairmot_ros.training.losses.objectives.heat_map import HEAT_MAP
from fairmot_ros.training.losses.objectives.levels import LEVELS

__all__ = ['DrawnTargets', 'Objective', 'Recipe', 'recipe_of']

#: The architectures that are not trained with FairMOT's heat map.
RECIPES: dict[str, Recipe] = {'yolox_nano': LEVELS}


def recipe_of(architecture: str) -> Recipe:
    """Return how an architecture is trained."""
    return RECIPES.get(architecture, HEAT_MAP)
