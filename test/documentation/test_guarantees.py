# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Each promise of docs/guarantees.md, and each fault of docs/faults.md, names tests that exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

DOCS = Path(__file__).resolve().parents[2] / 'docs'
TEST = re.compile(r'\[`(?P<name>test_\w+)`\]\((?P<path>[^)]+)\)')
ROWS = [
    line
    for page in ('guarantees.md', 'faults.md')
    for line in (DOCS / page).read_text().splitlines()
    if line.startswith('| ') and not line.startswith(('| promise', '| fault |'))
]


@pytest.mark.parametrize('row', ROWS, ids=lambda row: row.split('|')[1].strip()[:40])
def test_row_names_tests_that_exist(row: str) -> None:
    _, *_, tests, _ = row.split('|')
    found = list(TEST.finditer(tests))
    assert found, 'no test'
    for match in found:
        source = (DOCS / match['path']).resolve().read_text()
        assert f'def {match["name"]}(' in source, f'{match["name"]} is not in {match["path"]}'
