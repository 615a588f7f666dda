# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Results that the published code gave: where tests find them.

`data/reference` ships enough of them to prove every claim. The full recordings, which are too
large for the repository, are tested in addition where `FAIRMOT_TEST_DATA` leads to them.
"""

from __future__ import annotations

import filecmp
import os
from pathlib import Path
from typing import Any

import pytest

REPOSITORY = Path(__file__).resolve().parents[1]
SHIPPED = REPOSITORY / 'test' / 'data' / 'reference'


def full_recordings() -> Path | None:
    """Return the folder with `fixtures/` and `data/`, if there is one."""
    folder = Path(os.environ.get('FAIRMOT_TEST_DATA', REPOSITORY.parent / 'shared'))
    return folder if (folder / 'fixtures').is_dir() else None


def recordings(pattern: str) -> list[Any]:
    """Return the recorded files of a name as parameters of a test.

    First come those shipped, then the full recordings, less those that are shipped as they are.

    Args:
        pattern: of the file's name, as in `Path.glob`.

    Raises:
        FileNotFoundError: if none is shipped: the test would never run in a plain checkout.
    """
    shipped = sorted(SHIPPED.glob(pattern))
    if not shipped:
        raise FileNotFoundError(f'no {pattern} in {SHIPPED}')
    parameters = [pytest.param(path, id=path.name.split('.')[0]) for path in shipped]
    full = full_recordings()
    if full is not None:
        parameters += [
            pytest.param(path, id=f'full-{path.name.split(".")[0]}')
            for path in sorted((full / 'fixtures').glob(pattern))
            if not is_shipped(path)
        ]
    return parameters


def is_shipped(path: Path) -> bool:
    """Whether a file of the full recordings is shipped without a change."""
    copy = SHIPPED / path.name
    return copy.is_file() and filecmp.cmp(copy, path, shallow=False)
