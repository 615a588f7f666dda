# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Training: datasets, sample streams, losses, the training loop, scoring, ablations."""
