# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Scoring of detection and embedding, each on its own, and of teacher detections."""

from fairmot_ros.training.scoring.detection import score_detection
from fairmot_ros.training.scoring.embedding import score_embedding
from fairmot_ros.training.scoring.teacher import score_teacher

__all__ = ['score_detection', 'score_embedding', 'score_teacher']
