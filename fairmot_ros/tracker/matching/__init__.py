# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Matching of detections to tracks: candidate pairs, costs, assignment."""
