# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Learning-rate schedule."""

from __future__ import annotations

from fairmot_ros.training.config import TrainingConfig

STEP_FACTOR = 0.1


def rate(config: TrainingConfig, step: int, steps: int, steps_per_epoch: int | None) -> float:
    """Return the factor on the learning rate at a step.

    It rises linearly over `warmup_steps`. Then it is divided by ten after each of `decay_epochs`,
    as in FairMOT, or, without these, falls linearly to zero over the last `decay_share` of the
    steps.

    Args:
        config: configuration of the run.
        step: number of the step, from 0.
        steps: total number of steps.
        steps_per_epoch: steps per epoch, or None for streams without epochs.
    """
    warm = (step + 1) / max(config.warmup_steps, 1)
    if config.decay_epochs and steps_per_epoch:
        passed = sum(step >= epoch * steps_per_epoch for epoch in config.decay_epochs)
        return min(warm, 1.0) * STEP_FACTOR**passed
    left = (steps - step) / max(config.decay_share * steps, 1)
    return max(min(warm, 1.0, left), 0.0)
