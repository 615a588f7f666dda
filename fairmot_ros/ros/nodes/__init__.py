# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Tracking nodes: common base, lifecycle, services, reports, and running a node."""
