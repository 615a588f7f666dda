# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Evaluation of many bags: one job and one report for each bag, and an overview of all."""
