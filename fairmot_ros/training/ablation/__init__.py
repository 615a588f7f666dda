"""Ablations: variants of one training, trained and scored alike, side by side in a table."""

from fairmot_ros.training.ablation.harness import run_ablation
from fairmot_ros.training.ablation.plan import AblationPlan, read_plan

__all__ = ['AblationPlan', 'read_plan', 'run_ablation']
