"""A few fuzzing inputs for each reader, which must return or raise its own class of error.

`make fuzz` checks as many as there is time for.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip('hypothesis', reason='needs hypothesis')
from fuzz.registry import GROUPS, targets_of
from fuzz.rounds import play
from fuzz.target import Outcome

SEED, INPUTS = 1, 25


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """Readers warn of odd files, hundreds of times here."""
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
        done = play(target, SEED, INPUTS, folder)
        assert not done.failure, f'{target.name}: {done.trace}\n{str(done.value)[:2000]!r}'
        refused += done.counts[Outcome.REFUSED]
    assert refused, 'no damage was noticed'
