# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""The figures and pictures in the documents that depend on the default model's weights."""
