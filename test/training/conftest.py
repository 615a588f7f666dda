# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Small training datasets: labelled images, backgrounds and cut-outs."""

from __future__ import annotations

from pathlib import Path

import pytest
from drawn_people import draw_people, write_training_data


@pytest.fixture(scope='session')
def training_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder with the datasets `people`, `backgrounds` and `cut_outs`."""
    return write_training_data(tmp_path_factory.mktemp('training'))


@pytest.fixture(scope='session')
def drawn_people(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder with the datasets `sixteen` and `twenty` of drawn people."""
    root = tmp_path_factory.mktemp('drawn')
    draw_people(root / 'sixteen', 16)
    draw_people(root / 'twenty', 20, seed=1)
    return root
