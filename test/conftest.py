"""Shared by all tests: where the reference data lies."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))  # tests in every folder use the helpers here

from recordings import REPOSITORY, full_recordings

# Converted networks: kept from run to run, and not among the user's own.
os.environ['XDG_CACHE_HOME'] = str(REPOSITORY / 'build' / 'test_cache')


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip tests of a GPU where torch sees none."""
    if item.get_closest_marker('gpu'):
        import torch

        if not torch.cuda.is_available():
            pytest.skip(f'torch {torch.__version__} sees no CUDA device')


@pytest.fixture(scope='session')
def reference_data() -> Path:
    """Folder with `fixtures/` and `data/`; the test is skipped where there is none."""
    folder = full_recordings()
    if folder is None:
        pytest.skip('no reference data: set FAIRMOT_TEST_DATA to the folder that holds it')
    return folder
