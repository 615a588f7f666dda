# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""MOTChallenge files: result and ground-truth text, classes, sequences on disk."""
