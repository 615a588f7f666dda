# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""What is shipped to prove parity is complete, documented and small."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from recordings import REPOSITORY, SHIPPED, recordings

LIMIT = 5_000_000  # bytes


def shipped_files() -> list[Path]:
    return [path for path in SHIPPED.rglob('*') if path.is_file() and path.suffix != '.pyc']


def test_a_name_without_a_shipped_file_is_an_error() -> None:
    with pytest.raises(FileNotFoundError, match=r'no scene_x\.npz in .*reference'):
        recordings('scene_x.npz')


def test_every_variant_of_every_scene_is_shipped() -> None:
    for scene in ('edge_cases', 'scene_e_lowfps_100x25'):
        for variant in ('byte', 'byte_reid', 'fairmot'):
            assert (SHIPPED / f'{scene}.{variant}.txt.gz').is_file()


def test_every_file_is_documented() -> None:
    text = (SHIPPED / 'README.md').read_text()
    patterns = []
    for cell in re.findall(r'^\| (.*?) \|', text, re.MULTILINE):
        names = re.findall(r'`([^`]+)`', cell)
        first = names[0].partition('.')[0] if names else ''
        for name in names:  # a name that starts with a dot continues the first one
            whole = first + name if name.startswith('.') else name
            patterns.append(re.sub(r'<\w+>', '*', whole))
    patterns += ['README.md', 'record.py', 'yolox_nano.LICENSE']
    known = {path for pattern in patterns for path in SHIPPED.glob(pattern)}
    assert set(shipped_files()) - known == set()
    assert [pattern for pattern in patterns if not list(SHIPPED.glob(pattern))] == []


def test_the_tests_are_named() -> None:
    names = re.findall(r'`(test_\w+\.py)`', (SHIPPED / 'README.md').read_text())
    tests = {path.name for path in (REPOSITORY / 'test').rglob('test_*.py')}
    assert set(names) - tests == set()


def test_they_stay_small() -> None:
    assert sum(path.stat().st_size for path in shipped_files()) < LIMIT
