# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Files: errors of readers, limits on unpacking, writing without partial files."""
