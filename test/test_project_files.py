# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Documents, workflows and the changelog agree with each other and with the files they name."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
import yaml

REPOSITORY = Path(__file__).resolve().parents[1]
DOCUMENTS = sorted([*REPOSITORY.glob('*.md'), *REPOSITORY.glob('docs/**/*.md')])
WORKFLOWS = sorted(REPOSITORY.glob('.github/workflows/*.yml'))
YAML_FILES = [
    *WORKFLOWS,
    *sorted(REPOSITORY.glob('.github/ISSUE_TEMPLATE/*.yml')),
    REPOSITORY / '.pre-commit-config.yaml',
    REPOSITORY / '.hadolint.yaml',
]
LINK = re.compile(r'\]\(([^)#\s]*)(?:#([^)\s]*))?\)')
DISTRIBUTIONS = ('humble', 'jazzy', 'kilted', 'lyrical')


def name_of(path: Path) -> str:
    return str(path.relative_to(REPOSITORY))


def anchors_of(document: Path) -> set[str]:
    """Return the anchors that GitHub gives the headings of a document."""
    headings = re.findall(r'^#+ (.+)$', document.read_text(), re.MULTILINE)
    words = (re.sub(r'[^\w\- ]', '', heading).strip().lower() for heading in headings)
    return {text.replace(' ', '-') for text in words}


@pytest.mark.parametrize('document', DOCUMENTS, ids=name_of)
def test_links_lead_to_files_and_headings(document: Path) -> None:
    broken = []
    for target, anchor in LINK.findall(document.read_text()):
        if '://' in target:
            continue
        path = document.parent / target if target else document
        if not path.exists():
            broken.append(target)
        elif anchor and path.suffix == '.md' and anchor not in anchors_of(path):
            broken.append(f'{target}#{anchor}')
    assert broken == []


@pytest.mark.parametrize('path', YAML_FILES, ids=name_of)
def test_yaml_files_parse(path: Path) -> None:
    assert isinstance(yaml.safe_load(path.read_text()), dict)


@pytest.mark.parametrize('workflow', WORKFLOWS, ids=name_of)
def test_workflows_call_targets_and_scripts_that_exist(workflow: Path) -> None:
    text = workflow.read_text()
    makefile = (REPOSITORY / 'Makefile').read_text()
    targets = re.findall(r'run: make ([a-z-]+)', text)
    assert [t for t in targets if not re.search(rf'^{t}:', makefile, re.MULTILINE)] == []
    scripts = re.findall(r'run: (\.\S+)', text)
    scripts += re.findall(r'docker/\w+', text)
    assert [script for script in scripts if not (REPOSITORY / script).is_file()] == []


def test_every_distribution_is_tested_and_documented() -> None:
    jobs = yaml.safe_load((REPOSITORY / '.github/workflows/test.yml').read_text())['jobs']
    assert tuple(jobs['colcon']['strategy']['matrix']['distro']) == DISTRIBUTIONS
    dockerfile = (REPOSITORY / 'docker' / 'Dockerfile').read_text()
    assert all(name in dockerfile for name in DISTRIBUTIONS)
    stages = re.findall(r'^FROM .* AS (\w+)$', dockerfile, re.MULTILINE)
    assert stages == ['dependencies', 'build', 'test', 'runtime']
    assert '--target test' in read('.github/workflows/test.yml')


def test_pip_in_the_images_asks_for_what_setup_asks_for() -> None:
    """The oldest versions, and the newest torch."""
    oldest = dict(re.findall(r"'(\w+)': '([\d.]+)'", read('fairmot_ros/oldest_versions.py')))
    asked = read('docker/requirements.txt')
    newest = re.search(r'torch>=.*(<=[\d.]+)', read('setup.py'))
    assert newest is not None
    assert f'torch>={oldest["torch"]},{newest[1]}' in asked
    assert f'scipy>={oldest["scipy"]}' in asked
    assert f'opencv-python-headless>={oldest["cv2"]}' in asked
    assert f'numpy>={oldest["numpy"]},<2' in asked


def read(name: str) -> str:
    return (REPOSITORY / name).read_text(encoding='utf-8')


def test_the_changelog_is_what_bloom_reads(tmp_path: Path) -> None:
    changelog = pytest.importorskip('catkin_pkg.changelog', reason='catkin_pkg is not installed')
    text = read('CHANGELOG.rst').replace(
        'Forthcoming\n-----------', '9.9.9 (2100-01-01)\n' + 18 * '-'
    )
    (tmp_path / 'CHANGELOG.rst').write_text(text)
    parsed = changelog.get_changelog_from_path(str(tmp_path / 'CHANGELOG.rst'), 'fairmot_ros')
    versions = [version for version, _, content in parsed.foreach_version() if content]
    assert versions == re.findall(r'^(\d\S+) \(', text, re.MULTILINE) != []


def test_entries_of_the_changelog_are_imperative_and_stand_once() -> None:
    entries = re.findall(r'^\* (.+(?:\n  .+)*)', read('CHANGELOG.rst'), re.MULTILINE)
    assert len(entries) == len(set(entries)) > 30
    # An imperative is a capitalised verb: no name in code, no colon after it, no third person.
    odd = [e for e in entries if not re.match(r'[A-Z][a-z]+ ', e) or re.match(r'\w+[^s]s ', e)]
    assert odd == []


HEADER = '# Copyright 2026 the fairmot_ros contributors\n# SPDX-License-Identifier: Apache-2.0\n'
SOURCE = re.compile(r'.*\.(py|py\.in|sh|cmake)|(.*/)?(CMakeLists\.txt|Makefile|Dockerfile)')


def test_sources_begin_with_copyright_and_licence() -> None:
    """After the line of the interpreter, and except for empty files."""
    listed = subprocess.run(
        ['git', 'ls-files', '-z', '--cached', '--others', '--exclude-standard'],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
    )
    if listed.returncode:
        pytest.skip('not a git checkout')
    names = [name for name in listed.stdout.split('\0') if SOURCE.fullmatch(name)]
    assert len(names) > 500
    wrong = []
    for name in filter(lambda name: (REPOSITORY / name).is_file(), names):
        text = re.sub(r'\A#!.*\n', '', read(name))
        if text and not text.startswith(HEADER):
            wrong.append(name)
    assert wrong == [], f'these do not begin with:\n{HEADER}'
