# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""For any input, readers return or raise their one exception class: a few inputs of each kind.

`make fuzz` checks more inputs, until a time limit.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip('hypothesis', reason='needs hypothesis')
from fuzz.registry import GROUPS, targets_of
from fuzz.rounds import run_round
from fuzz.target import Outcome

SEED, INPUTS = 1, 25


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """Silence the warnings of readers about unusual files."""
    logging.disable(logging.WARNING)
    yield
    logging.disable(logging.NOTSET)


@pytest.mark.parametrize('group', GROUPS)
def test_readers_return_or_raise_their_error(group: str, tmp_path: Path) -> None:
    try:
        targets = targets_of(group)
    except ModuleNotFoundError as error:
        pytest.skip(f'needs {error.name}')
    refused = 0
    for target in targets:
        folder = tmp_path / target.name.replace(' ', '_')
        folder.mkdir()
        result = run_round(target, SEED, INPUTS, folder)
        assert not result.failure, f'{target.name}: {result.trace}\n{str(result.value)[:2000]!r}'
        refused += result.counts[Outcome.REFUSED]
    assert refused, 'no damaged input was refused'
