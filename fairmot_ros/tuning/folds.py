# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Division of inputs into those that settings are chosen on and those they are tested on."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

#: Default of the largest number of folds.
MAX_FOLDS = 4


@dataclass(frozen=True)
class Fold:
    """Numbers of inputs: settings are chosen on some and tested on others.

    Attributes:
        chosen_on: indices of the inputs that the search sees.
        held_out: indices of the inputs that it does not see.
    """

    chosen_on: tuple[int, ...]
    held_out: tuple[int, ...]


def make_folds(count: int, folds: int = 0) -> list[Fold]:
    """Return folds of cross-validation; every input is held out exactly once.

    Args:
        count: number of inputs.
        folds: number of folds; 0 for one per input, but at most `MAX_FOLDS`.

    Raises:
        ValueError: if there are fewer than two inputs, or fewer inputs than folds.
    """
    if count < 2:
        raise ValueError(
            f'settings must be tested on inputs that they were not chosen on, so tuning needs at '
            f'least two inputs with ground truth, got {count}: add another one'
        )
    folds = folds or min(count, MAX_FOLDS)
    if not 2 <= folds <= count:
        raise ValueError(f'the number of folds must be within 2..{count}, got {folds}')
    everything = range(count)
    return [
        Fold(
            tuple(i for i in everything if i % folds != fold),
            tuple(i for i in everything if i % folds == fold),
        )
        for fold in range(folds)
    ]


def fixed_split(names: Sequence[str], held_out: Collection[str]) -> list[Fold]:
    """Return one fold in which the named inputs are held out.

    Raises:
        ValueError: if a name is unknown, or no input is left to choose settings on.
    """
    if unknown := [name for name in held_out if name not in names]:
        raise ValueError(
            f'{unknown[0]!r} cannot be held out, as it is not among the inputs {", ".join(names)}'
        )
    rest = tuple(i for i, name in enumerate(names) if name not in held_out)
    if not rest:
        raise ValueError('all inputs are held out: leave at least one to choose settings on')
    return [Fold(rest, tuple(i for i, name in enumerate(names) if name in held_out))]
