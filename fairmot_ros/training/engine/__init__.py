# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""The training loop and its parts: construction, schedule, weight average, logs, processes."""
