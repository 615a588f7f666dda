# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Tools around the tracker: player, recorder and replay nodes, node processes, live evaluation."""
