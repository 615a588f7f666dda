# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Benchmarks: how long the parts take and how good they are, beside a fixed workload."""

import os
from pathlib import Path

REFERENCE_DATA = Path(
    os.environ.get('FAIRMOT_TEST_DATA', Path(__file__).resolve().parents[2] / 'shared')
)
