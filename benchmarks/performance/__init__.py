# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""What the stages of a frame must cost at least here, what they cost, and the drift."""
