# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Synthesis of training samples: composition, distractors, augmentation, image degradation."""
