"""Plans that cannot be run are refused when they are made."""

from __future__ import annotations

import re
from typing import Any

import pytest

from fairmot_ros.evaluation import EvaluationPlan, PlanError
from fairmot_ros.evaluation.runs.configuration import Configuration


@pytest.mark.parametrize(
    ('settings', 'reason'),
    [
        ({'offline': False}, 'offline=False leaves nothing to do without rates'),
        (
            {'offline': False, 'rates': [7.0], 'interpolate': 1.0},
            'interpolate is of the offline run, which offline=False leaves out',
        ),
        ({'rates': [7.0, 0.0]}, 'every rate must be positive'),
        ({'rates': [float('nan')]}, 'every rate must be positive'),
        ({'interpolate': -1.0}, 'interpolate and max_images must not be negative'),
        ({'max_images': -1}, 'interpolate and max_images must not be negative'),
        (
            {'ground_truth_files': ['a'], 'ground_truth_topic': 'b'},
            'give either ground_truth_files or ground_truth_topic',
        ),
        ({'ground_truth_files': ['a', 'b']}, 'got 2 files of ground truth for 1 bags'),
        ({'ground_truth_rate': 0.0}, 'ground_truth_rate must be positive'),
        (
            {'configurations': [Configuration('x'), Configuration('x')]},
            'two configurations have the same name, of x, x',
        ),
    ],
)
def test_settings_that_do_not_go_together(settings: dict[str, Any], reason: str) -> None:
    with pytest.raises(PlanError, match=re.escape(reason)):
        EvaluationPlan(['walk'], **settings)


def test_messages_with_names_of_a_caller() -> None:
    error = PlanError('{offline} leaves nothing to do without {rates}')
    assert str(error) == 'offline=False leaves nothing to do without rates'
    assert error.text({'rates': 'a rate'}) == 'offline leaves nothing to do without a rate'


def test_a_plan_needs_nothing_but_bags() -> None:
    plan = EvaluationPlan(['walk', 'hall'])
    assert plan.offline
    assert not plan.rates
    assert not plan.limits
