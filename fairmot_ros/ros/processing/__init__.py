# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Frame processing on the worker thread: read, detect, track, publish."""
