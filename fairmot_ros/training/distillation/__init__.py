# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Distillation of teacher networks: pseudo-labels, and the person bank for the embedding."""
