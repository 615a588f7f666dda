# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Tuning: a search for settings of the association on recordings with ground truth."""
