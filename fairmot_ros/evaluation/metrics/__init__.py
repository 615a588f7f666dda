# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Tracking metrics: HOTA, CLEAR MOT and identity metrics, with preprocessing by benchmark."""
