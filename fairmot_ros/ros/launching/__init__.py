# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""What the launch files share: arguments, the node's action, and RViz."""
