# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Folds and the search space."""

from __future__ import annotations

import pytest

from fairmot_ros.settings import settings_of
from fairmot_ros.tracker import TrackerConfig
from fairmot_ros.tuning.folds import Fold, fixed_split, make_folds
from fairmot_ros.tuning.search_space import SEARCHED, Range, consistent, search_space, suggest


class LowestValues:
    """A trial that suggests the lower end of each range."""

    def suggest_float(self, name: str, low: float, high: float, *, log: bool = False) -> float:
        return low


@pytest.mark.parametrize(('count', 'folds'), [(2, 0), (3, 0), (9, 0), (9, 2), (5, 5)])
def test_every_input_is_held_out_once_and_never_chosen_on_in_that_fold(
    count: int, folds: int
) -> None:
    made = make_folds(count, folds)
    assert len(made) == (folds or min(count, 4))
    assert sorted(i for fold in made for i in fold.held_out) == list(range(count))
    for fold in made:
        assert sorted((*fold.chosen_on, *fold.held_out)) == list(range(count))
        assert fold.chosen_on


@pytest.mark.parametrize('count', [0, 1])
def test_fewer_than_two_inputs_are_refused(count: int) -> None:
    with pytest.raises(ValueError, match=f'at least two inputs with ground truth, got {count}'):
        make_folds(count)


@pytest.mark.parametrize('folds', [-1, 1, 4])
def test_the_number_of_folds_is_checked(folds: int) -> None:
    with pytest.raises(ValueError, match=r'folds must be within 2\.\.3'):
        make_folds(3, folds)


def test_a_fixed_split_holds_out_the_named_inputs() -> None:
    assert fixed_split(['a', 'b', 'c'], ['b']) == [Fold((0, 2), (1,))]
    with pytest.raises(ValueError, match="'d' cannot be held out"):
        fixed_split(['a', 'b'], ['d'])
    with pytest.raises(ValueError, match='all inputs are held out'):
        fixed_split(['a', 'b'], ['b', 'a'])


@pytest.mark.parametrize('name', SEARCHED)
def test_search_ranges_are_within_the_limits_and_contain_the_default(name: str) -> None:
    declared = settings_of(TrackerConfig)[name]
    assert declared.search is not None
    low, high = declared.search
    declared.check(low)
    declared.check(high)
    assert low < declared.default < high


def test_ranges_are_widened_to_contain_the_values_to_improve() -> None:
    space = search_space(TrackerConfig(lost_timeout=60.0), ['lost_timeout'])
    assert space == {'lost_timeout': Range(0.5, 60.0, 60.0)}
    assert space['lost_timeout'].is_logarithmic


def test_settings_that_cannot_be_searched_are_refused() -> None:
    with pytest.raises(ValueError, match="'association' cannot be searched; expected some of"):
        search_space(TrackerConfig(), ['association'])
    with pytest.raises(ValueError, match="the association 'byte' are those of a publication"):
        search_space(TrackerConfig.reference(variant='byte'))


def test_every_combination_of_searched_values_is_a_valid_configuration() -> None:
    space = search_space(TrackerConfig())
    lowest = suggest(LowestValues(), space)
    TrackerConfig(**consistent(lowest, TrackerConfig()))
    contradiction = {'score_threshold': 0.3, 'low_score_threshold': 0.4}
    assert consistent(contradiction, TrackerConfig())['low_score_threshold'] == 0.3
    assert consistent({'score_threshold': 0.1}, TrackerConfig())['low_score_threshold'] == 0.1


def test_values_are_rounded() -> None:
    assert consistent({'lost_timeout': 1.23456789}, TrackerConfig()) == {'lost_timeout': 1.235}
