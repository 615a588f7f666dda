# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Fixtures and settings for all tests."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))  # for the helper modules in this folder

from recordings import REPOSITORY, full_recordings

# Processes that a shell starts in the background ignore Ctrl-C, and so would those of the tests.
if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# Converted networks are cached between test runs, separately from those of the user.
os.environ['XDG_CACHE_HOME'] = str(REPOSITORY / 'build' / 'test_cache')


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option of `make faults`."""
    parser.addoption(
        '--all-faults',
        action='store_true',
        help='all faults of test/system/faults, in full numbers, not the short selection',
    )


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the longest files, so that none is left to one process at the end."""
    here = Path(__file__).parent

    def turn(item: pytest.Item) -> int:
        first = (here, here / 'system')
        return first.index(item.path.parent) if item.path.parent in first else len(first)

    items.sort(key=turn)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip tests of a GPU where torch sees none."""
    if item.get_closest_marker('gpu'):
        import torch

        if not torch.cuda.is_available():
            pytest.skip(f'torch {torch.__version__} sees no CUDA device')


@pytest.fixture(scope='session')
def reference_data() -> Path:
    """Return the folder with `fixtures/` and `data/`; skip the test if it is missing."""
    folder = full_recordings()
    if folder is None:
        pytest.skip('no reference data: set FAIRMOT_TEST_DATA to its folder')
    return folder
