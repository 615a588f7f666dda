# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Every package that pip installs for this project has an exact version and hashes."""

from __future__ import annotations

import re
import runpy
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip('tomllib', reason='needs CPython 3.11')
REPOSITORY = Path(__file__).resolve().parents[2]
LOCK: dict[str, Any] = runpy.run_path(str(REPOSITORY / 'scripts' / 'lock.py'))
FILES: list[Path] = LOCK['files']()
problems: Callable[[str], Any] = LOCK['problems']


@pytest.mark.parametrize('path', FILES, ids=lambda path: path.name)
def test_requirements_have_exact_versions_and_hashes(path: Path) -> None:
    assert list(problems(path.read_text())) == []


def test_a_package_has_one_version_and_stands_once_in_what_is_installed_together() -> None:
    versions = defaultdict(set)
    for path in FILES:
        for found in LOCK['REQUIREMENT'].finditer(path.read_text()):
            name = re.sub('[-_.]+', '-', found['name']).lower()
            versions[name].add(found['version'].removesuffix('+cpu'))
    assert {name: v for name, v in versions.items() if len(v) > 1} == {}
    together = [
        name
        for part in ('', '-cpu', '-lock', '-ros')
        for name in re.findall(
            r'^([\w.-]+)==', (REPOSITORY / f'requirements{part}.txt').read_text(), re.MULTILINE
        )
    ]
    assert len(together) == len(set(together)) > 150


@pytest.mark.parametrize(
    ('text', 'sentence'),
    [
        ('numpy>=1', 'numpy>=1 is not <name>==<version>'),
        ('numpy', 'numpy is not <name>==<version>'),
        (
            'git+https://example.org/numpy',
            'git+https://example.org/numpy is not <name>==<version>',
        ),
        ('numpy==1.0', 'numpy has no hashes: run scripts/lock.py'),
        ('numpy==1.0 --hash=sha256:123', 'numpy has no hashes: run scripts/lock.py'),
        ('--constraint other.txt', '--constraint other.txt is not <name>==<version>'),
        ('# numpy>=1\n\n', None),
        (f'numpy==1.0 ; python_version < "3.12" \\\n    --hash=sha256:{"a" * 64}\n', None),
    ],
)
def test_what_is_not_locked_is_named(text: str, sentence: str | None) -> None:
    assert list(problems(text)) == ([sentence] if sentence else [])


def test_hashes_are_replaced_and_all_else_is_kept() -> None:
    before = (
        f'# about a==1\na.B==1 ; python_version < "3" \\\n    --hash=sha256:{"0" * 64}\n\nc==2\n'
    )
    hashes = {'a-b==1': ['1' * 64, '2' * 64], 'c==2': ['3' * 64]}
    assert LOCK['with_hashes'](before, hashes) == (
        '# about a==1\na.B==1 ; python_version < "3" \\\n'
        f'    --hash=sha256:{"1" * 64} \\\n    --hash=sha256:{"2" * 64}\n\n'
        f'c==2 \\\n    --hash=sha256:{"3" * 64}\n'
    )


@pytest.mark.parametrize(
    ('name', 'chosen'),
    [
        ('a-1-py3-none-any.whl', True),
        ('a-1-py2.py3-none-any.whl', True),
        ('a-1-cp311-cp311-manylinux_2_28_x86_64.whl', True),
        ('a-1-cp314-cp314-manylinux2014_aarch64.manylinux_2_17_aarch64.whl', True),
        ('a-1-cp39-abi3-manylinux_2_28_x86_64.whl', True),
        ('a-1-py3-none-manylinux_2_12_x86_64.manylinux2010_x86_64.whl', True),
        ('a-1-cp314-cp314t-manylinux_2_28_x86_64.whl', False),
        ('a-1-cp310-cp310-manylinux_2_28_x86_64.whl', False),
        ('a-1-cp311-cp311-musllinux_1_2_x86_64.whl', False),
        ('a-1-cp311-cp311-macosx_14_0_arm64.whl', False),
        ('a-1-cp311-cp311-win_amd64.whl', False),
    ],
)
def test_wheels_for_linux_are_allowed(name: str, chosen: bool) -> None:
    assert bool(LOCK['WHEEL'].search(name)) == chosen
