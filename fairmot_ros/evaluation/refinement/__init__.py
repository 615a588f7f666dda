# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Refinement: a second pass over the finished tracks of a recording, which uses later frames."""

from __future__ import annotations

from fairmot_ros.evaluation.refinement.embedding_samples import EmbeddingSampler, EmbeddingSamples
from fairmot_ros.evaluation.refinement.refine import Refined, refine
from fairmot_ros.evaluation.refinement.settings import RefinementSettings
from fairmot_ros.evaluation.refinement.times import increasing_times

__all__ = [
    'EmbeddingSampler',
    'EmbeddingSamples',
    'Refined',
    'RefinementSettings',
    'increasing_times',
    'refine',
]
