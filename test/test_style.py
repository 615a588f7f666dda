# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Linters as tests; their settings are in pyproject.toml."""

from __future__ import annotations

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[1]
SHELL = sorted(REPOSITORY.glob('scripts/*.sh'))


@pytest.mark.parametrize(
    'command',
    [('ruff', 'check', '.'), ('ruff', 'format', '--check', '.'), ('mypy',), ('codespell_lib',)],
    ids=['ruff check', 'ruff format', 'mypy', 'codespell'],
)
def test_linter_finds_nothing(command: tuple[str, ...]) -> None:
    if find_spec(command[0]) is None:
        name = command[0].removesuffix('_lib')
        pytest.skip(f'{name} is not installed: pip install {name}')
    done = subprocess.run(
        [sys.executable, '-m', *command], cwd=REPOSITORY, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr


CMAKE = [REPOSITORY / 'CMakeLists.txt', *REPOSITORY.glob('third_party/*/CMakeLists.txt')]
CMAKE += REPOSITORY.glob('cmake/*.cmake')


def test_cmake_linter_finds_nothing() -> None:
    if find_spec('cmakelint') is None:
        pytest.skip('cmakelint is not installed: pip install cmakelint')
    command = ['-c', 'from cmakelint.main import main; main()', '--linelength=99']
    done = subprocess.run(
        [sys.executable, *command, *CMAKE], cwd=REPOSITORY, capture_output=True, text=True
    )
    assert 'Total Errors: 0' in done.stdout + done.stderr, done.stdout + done.stderr


SCRIPTS = ['.ci/run', 'docker/entrypoint.sh', *(f'scripts/{p.name}' for p in SHELL)]


@pytest.mark.parametrize('script', SCRIPTS)
def test_shell_script_parses(script: str) -> None:
    done = subprocess.run(['bash', '-n', script], cwd=REPOSITORY, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_names_of_test_files_are_unique() -> None:
    """Without packages, pytest cannot import two test files of one name."""
    names = [path.name for path in REPOSITORY.glob('test/**/test_*.py')]
    assert sorted(names) == sorted(set(names))
