# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Each promise of docs/guarantees.md names tests that exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

PAGE = Path(__file__).resolve().parents[2] / 'docs' / 'guarantees.md'
TEST = re.compile(r'\[`(?P<name>test_\w+)`\]\((?P<path>[^)]+)\)')
ROWS = [
    line
    for line in PAGE.read_text().splitlines()
    if line.startswith('| ') and not line.startswith('| promise')
]


@pytest.mark.parametrize('row', ROWS, ids=lambda row: row.split('|')[1].strip()[:40])
def test_promise_is_held_by_tests_that_exist(row: str) -> None:
    _, promise, tests, _ = row.split('|')
    assert promise.strip().endswith('.')
    found = list(TEST.finditer(tests))
    assert found, 'no test'
    for match in found:
        source = (PAGE.parent / match['path']).resolve().read_text()
        assert f'def {match["name"]}(' in source, f'{match["name"]} is not in {match["path"]}'
