# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Training datasets: readers, labels of teachers, mixing, packing and conversion."""
