# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Ablation studies: variants of one configuration, trained, scored and compared in a table."""

from fairmot_ros.training.ablation.harness import run_ablation
from fairmot_ros.training.ablation.plan import AblationPlan, read_plan

__all__ = ['AblationPlan', 'read_plan', 'run_ablation']
