"""Shared by all tests: where the reference data lies."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[1]

# Converted networks: kept from run to run, and not among the user's own.
os.environ['XDG_CACHE_HOME'] = str(REPOSITORY / 'build' / 'test_cache')

sys.path.insert(0, str(Path(__file__).parent))  # tests in every folder use the helpers here


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip tests of a GPU where torch sees none."""
    if item.get_closest_marker('gpu'):
        import torch

        if not torch.cuda.is_available():
            pytest.skip(f'torch {torch.__version__} sees no CUDA device')


def _reference_data() -> Path | None:
    folder = Path(os.environ.get('FAIRMOT_TEST_DATA', REPOSITORY.parent / 'shared'))
    return folder if (folder / 'fixtures').is_dir() else None


@pytest.fixture(scope='session')
def reference_data() -> Path:
    """Folder with `fixtures/` and `data/`; the test is skipped where there is none."""
    folder = _reference_data()
    if folder is None:
        pytest.skip('no reference data: set FAIRMOT_TEST_DATA to the folder that holds it')
    return folder
