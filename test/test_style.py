"""The linters, as tests: their settings are in pyproject.toml."""

from __future__ import annotations

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[1]


@pytest.mark.parametrize(
    'command',
    [('ruff', 'check', '.'), ('ruff', 'format', '--check', '.'), ('mypy',)],
    ids=['ruff check', 'ruff format', 'mypy'],
)
def test_linter_finds_nothing(command: tuple[str, ...]) -> None:
    if find_spec(command[0]) is None:
        pytest.skip(f'{command[0]} is not installed: pip install {command[0]}')
    done = subprocess.run(
        [sys.executable, '-m', *command], cwd=REPOSITORY, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    'script', ['.ci/run', 'scripts/find_python.sh', 'scripts/train_packed.sh']
)
def test_shell_script_parses(script: str) -> None:
    done = subprocess.run(['bash', '-n', script], cwd=REPOSITORY, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
