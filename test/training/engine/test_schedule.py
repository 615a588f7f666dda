# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Learning-rate schedule: warm-up, then steps of ten or a linear fall."""

import pytest

from fairmot_ros.training.config import TrainingConfig
from fairmot_ros.training.engine.schedule import rate


def config(**settings) -> TrainingConfig:
    return TrainingConfig('test', 'yolo', (), **settings)


def test_rate_rises_over_the_warm_up_and_falls_to_zero_over_the_last_steps() -> None:
    settings = config(warmup_steps=4, decay_share=0.5)
    rates = [rate(settings, step, 20, None) for step in range(21)]
    assert rates[:5] == [0.25, 0.5, 0.75, 1.0, 1.0]
    assert rates[10:13] == pytest.approx([1.0, 0.9, 0.8])
    assert rates[19:] == pytest.approx([0.1, 0.0])


def test_rate_is_divided_by_ten_after_each_of_the_epochs() -> None:
    settings = config(warmup_steps=0, decay_epochs=(2, 3))
    rates = [rate(settings, step, 20, 5) for step in (0, 9, 10, 14, 15, 19)]
    assert rates == pytest.approx([1.0, 1.0, 0.1, 0.1, 0.01, 0.01])


def test_rate_rises_over_the_warm_up_with_epochs_too() -> None:
    settings = config(warmup_steps=4, decay_epochs=(2,))
    assert [rate(settings, step, 20, 5) for step in (0, 3, 4)] == [0.25, 1.0, 1.0]


def test_streams_without_epochs_ignore_decay_epochs() -> None:
    settings = config(warmup_steps=0, decay_share=0.5, decay_epochs=(2,))
    assert rate(settings, 19, 20, None) == pytest.approx(0.1)
