# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Checks of evaluation plans."""

from __future__ import annotations

import re
from typing import Any

import pytest

from fairmot_ros.evaluation import EvaluationPlan, PlanError
from fairmot_ros.evaluation.runs.configuration import Configuration


@pytest.mark.parametrize(
    ('settings', 'reason'),
    [
        ({'offline': False}, 'offline=False without rates leaves no run to evaluate'),
        (
            {'offline': False, 'rates': [7.0], 'interpolate': 1.0},
            'interpolate needs an offline run, which offline=False disables',
        ),
        ({'rates': [7.0, 0.0]}, 'every rate must be positive'),
        ({'rates': [float('nan')]}, 'every rate must be positive'),
        ({'interpolate': -1.0}, 'interpolate and max_images must not be negative'),
        ({'max_images': -1}, 'interpolate and max_images must not be negative'),
        (
            {'ground_truth_files': ['a'], 'ground_truth_topic': 'b'},
            'give either ground_truth_files or ground_truth_topic',
        ),
        ({'ground_truth_files': ['a', 'b']}, 'got 2 ground-truth files for 1 bags'),
        ({'ground_truth_rate': 0.0}, 'ground_truth_rate must be positive'),
        (
            {'configurations': [Configuration('x'), Configuration('x')]},
            'two configurations have the same name, of x, x',
        ),
    ],
)
def test_contradicting_settings_raise(settings: dict[str, Any], reason: str) -> None:
    with pytest.raises(PlanError, match=re.escape(reason)):
        EvaluationPlan(['walk'], **settings)


def test_message_with_other_names_of_settings() -> None:
    error = PlanError('{offline} without {rates} leaves no run')
    assert str(error) == 'offline=False without rates leaves no run'
    assert error.text({'rates': '--rate'}) == 'offline without --rate leaves no run'


def test_plan_needs_only_bags() -> None:
    plan = EvaluationPlan(['walk', 'hall'])
    assert plan.offline
    assert not plan.rates
    assert not plan.limits
