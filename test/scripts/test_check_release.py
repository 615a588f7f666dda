# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0

from __future__ import annotations

import runpy
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / 'scripts' / 'check_release.py'
REPOSITORY = SCRIPT.parents[1]
problems = runpy.run_path(str(SCRIPT))['problems']

MANIFEST = """<package format="3">
  <version>1.2.3</version>
  <maintainer email="tracking@robots.fr">Robots</maintainer>
  <url type="website">https://robots.fr</url>
  <url type="repository">https://robots.fr/fairmot.git</url>
  <url type="bugtracker">https://robots.fr/fairmot/issues</url>
</package>
"""
CHANGELOG = """^^^^^
Title
^^^^^

1.2.3 (2026-12-01)
------------------
* Fix the gate.

1.2.2 (2026-11-01)
------------------
* Add a gate.
"""


@pytest.fixture
def ready(tmp_path: Path) -> Path:
    """A repository that can be released."""
    (tmp_path / 'fairmot_ros').mkdir()
    (tmp_path / 'fairmot_ros/__init__.py').write_text("__version__ = '1.2.3'\n")
    (tmp_path / 'package.xml').write_text(MANIFEST)
    (tmp_path / 'CHANGELOG.rst').write_text(CHANGELOG)
    (tmp_path / 'README.md').write_text('Ask tracking@robots.fr, for example.\n')
    return tmp_path


def test_a_finished_release_has_no_problem(ready: Path) -> None:
    assert problems(ready) == []


@pytest.mark.parametrize(
    ('file', 'before', 'after', 'message'),
    [
        ('package.xml', '1.2.3', '1.2', "package.xml: version '1.2' is not of the form 1.2.3"),
        ('package.xml', ' email="tracking@robots.fr"', '', 'no maintainer with an email address'),
        ('package.xml', 'type="bugtracker"', 'type="website"', 'no <url type="bugtracker">'),
        ('package.xml', 'robots.fr/f', 'example.org/f', 'package.xml:5: https://example.org/f'),
        ('package.xml', 'g@robots.fr', 'g@example.org', 'package.xml:3: tracking@example.org is'),
        ('README.md', 'Ask', '\nclone <this repository>', 'README.md:2: <this repository> is a'),
        (
            'fairmot_ros/__init__.py',
            '1.2.3',
            '1.2.4',
            '__version__ is 1.2.4, package.xml has 1.2.3',
        ),
        ('fairmot_ros/__init__.py', '__version__', 'version', '__version__ is missing'),
        ('CHANGELOG.rst', '1.2.3 (2026-12-01)', 'Forthcoming', "starts with 'Forthcoming', exp"),
        ('CHANGELOG.rst', '(2026-12-01)', '(soon)', "expected '1.2.3 (YYYY-MM-DD)'"),
        ('CHANGELOG.rst', '1.2.3 (', '1.2.30 (', "starts with '1.2.30 (2026-12-01)'"),
        ('CHANGELOG.rst', '--------\n* Fix', '\n* Fix', 'the line below'),
        ('CHANGELOG.rst', '* Fix the gate.', '', "'1.2.3 (2026-12-01)' has no entry"),
    ],
)
def test_each_problem_is_named(
    ready: Path, file: str, before: str, after: str, message: str
) -> None:
    text = (ready / file).read_text()
    assert before in text
    (ready / file).write_text(text.replace(before, after))
    assert any(message in problem for problem in problems(ready)), problems(ready)


def test_an_address_in_a_template_is_found(ready: Path) -> None:
    template = ready / '.github' / 'ISSUE_TEMPLATE' / 'config.yml'
    template.parent.mkdir(parents=True)
    template.write_text('url: https://example.com/questions\n')
    assert problems(ready) == [
        '.github/ISSUE_TEMPLATE/config.yml:1: https://example.com/questions is a placeholder'
    ]


def test_the_command_returns_1_and_counts(ready: Path) -> None:
    (ready / 'scripts').mkdir()
    script = shutil.copy(SCRIPT, ready / 'scripts')
    command = [sys.executable, script]
    done = subprocess.run(command, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, 'ready for a release\n')
    (ready / 'README.md').write_text('https://example.org\n')
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 1
    assert done.stderr.endswith('1 problem(s): not ready for a release\n')


def test_this_repository_lacks_nothing_but_its_publisher_and_its_date() -> None:
    for problem in problems(REPOSITORY):
        assert 'is a placeholder' in problem or 'CHANGELOG.rst: starts with' in problem
