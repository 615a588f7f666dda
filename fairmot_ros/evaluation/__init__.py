# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Evaluation: tracking metrics, MOTChallenge files, bags, evaluation of trackers on bags.

The metrics (HOTA, CLEAR MOT, identity) equal those of TrackEval 1.3.0, with the rules of each
benchmark.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fairmot_ros.evaluation.metrics.evaluate import Metrics, evaluate_mot, evaluate_sequences
from fairmot_ros.evaluation.metrics.hota import ALPHAS
from fairmot_ros.evaluation.metrics.table import format_table
from fairmot_ros.evaluation.mot.text_format import read_mot, write_mot
from fairmot_ros.evaluation.runs.plan import EvaluationPlan, PlanError
from fairmot_ros.media.seqinfo import SeqInfo, read_seqinfo

if TYPE_CHECKING:
    from fairmot_ros.evaluation.runs.runner import run

__all__ = [
    'ALPHAS',
    'EvaluationPlan',
    'Metrics',
    'PlanError',
    'SeqInfo',
    'evaluate_mot',
    'evaluate_sequences',
    'format_table',
    'read_mot',
    'read_seqinfo',
    'run',
    'write_mot',
]


def __getattr__(name: str) -> Any:
    """Import `run` on first use: unlike the metrics, it needs rosbags and torch."""
    if name == 'run':
        from fairmot_ros.evaluation.runs.runner import run

        return run
    raise AttributeError(f'module {__name__!r} has no attribute {name!r}')
