# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Generated parts of the documents: their markers, and that they fit the weights that ship."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.figures.markers import (
    DOCUMENTS,
    PERFORMANCE,
    REPOSITORY,
    recorded_weights,
    replace_parts,
    stale_parts,
)
from fairmot_ros.detector.detector import DEFAULT_WEIGHTS

SHA256 = hashlib.sha256(DEFAULT_WEIGHTS.read_bytes()).hexdigest()
DOCUMENT = """before
<!-- figures: one -->
<!-- end -->
between
<!-- figures: two, weights 0123456789ab -->
old | table
old | lines
<!-- end -->
after
"""


def run_figures(*options: str, **environment: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, '-m', 'benchmarks', 'figures', *options],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        env={'PYTHONPATH': str(REPOSITORY), 'PATH': '/usr/bin:/bin', **environment},
    )


def test_card_records_the_weights_that_ship() -> None:
    card = (REPOSITORY / 'docs' / 'default_model.md').read_text()
    assert f'| SHA-256 | `{SHA256}` |' in card, 'new weights need new figures: make figures'


def test_figures_were_measured_with_the_weights_that_ship() -> None:
    assert stale_parts(SHA256) == [], 'new weights need new figures: make figures'
    assert all(recorded_weights(document.read_text()) for document in DOCUMENTS)


def test_parts_are_replaced_and_the_rest_stays() -> None:
    text = replace_parts(DOCUMENT, {'one': 'first', 'two': 'a\nb\n', 'three': 'unused'}, 'f' * 64)
    assert text == (
        'before\n<!-- figures: one, weights ffffffffffff -->\nfirst\n<!-- end -->\nbetween\n'
        '<!-- figures: two, weights ffffffffffff -->\na\nb\n<!-- end -->\nafter\n'
    )
    assert recorded_weights(text) == {'one': 'f' * 12, 'two': 'f' * 12}
    assert replace_parts(text, {'one': 'first', 'two': 'a\nb'}, 'f' * 64) == text


def test_parts_without_content_may_stay() -> None:
    text = replace_parts(DOCUMENT, {'one': 'first'}, 'f' * 64, partly=True)
    assert recorded_weights(text) == {'one': 'f' * 12, 'two': '0123456789ab'}
    assert 'old | table\nold | lines' in text


def test_a_part_that_nothing_generates_is_an_error() -> None:
    with pytest.raises(ValueError, match='nothing generates the part two'):
        replace_parts(DOCUMENT, {'one': ''}, SHA256)


def test_other_weights_make_all_parts_stale() -> None:
    documents = (*DOCUMENTS, PERFORMANCE)
    parts = sum(len(recorded_weights(document.read_text())) for document in documents)
    assert len(stale_parts('0' * 64)) == parts


def test_check_measures_nothing_and_passes() -> None:
    done = run_figures('--check', FAIRMOT_TEST_DATA='nowhere')
    assert done.returncode == 0, done.stderr


def test_missing_data_is_one_sentence(tmp_path: Path) -> None:
    done = run_figures(FAIRMOT_TEST_DATA=str(tmp_path / 'nowhere'))
    assert done.returncode == 2
    assert done.stderr == (
        f'figures: missing {tmp_path / "nowhere"}: set FAIRMOT_TEST_DATA to the folder with the '
        'reference data\n'
    )
