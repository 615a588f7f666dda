# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Node health: statistics, diagnostics, and the diagnosis of missing or unprocessed input."""
