# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""The documentation's site builds without a warning, and all its links lead somewhere."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from documentation.links import check_links

REPOSITORY = Path(__file__).resolve().parents[2]
README_WORDS = 450


@pytest.fixture(scope='module')
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip('mkdocs', reason='needs the packages of `make docs`')
    pytest.importorskip('mkdocstrings', reason='needs the packages of `make docs`')
    folder = tmp_path_factory.mktemp('site') / 'site'
    done = subprocess.run(
        [sys.executable, '-m', 'mkdocs', 'build', '--strict', '--site-dir', str(folder)],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        env={**os.environ, 'NO_MKDOCS_2_WARNING': '1'},
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


def test_links_within_the_site_lead_somewhere(site: Path) -> None:
    broken, external = check_links(site)
    assert broken == []
    assert any('arxiv.org' in link for link in external)


def test_public_names_are_described(site: Path) -> None:
    text = (site / 'api.html').read_text()
    for name in ('FairMOT', 'Detector', 'Tracker', 'TrackerConfig', 'Detections', 'Tracks'):
        assert re.search(rf'id="fairmot_ros\.[\w.]*\.{name}"', text), name
    for name in ('evaluate_mot', 'create_network', 'load_checkpoint'):
        assert f'.{name}"' in text, name


def test_linked_sources_are_shown(site: Path) -> None:
    text = (site / 'sources' / 'config-fairmot_yaml.html').read_text()
    assert 'ros__parameters' in text


def test_broken_links_are_found(tmp_path: Path) -> None:
    (tmp_path / 'a.html').write_text('<a href="b.html#there"></a><a href="b.html#nowhere"></a>')
    (tmp_path / 'b.html').write_text('<h2 id="there"></h2><img src="c.png">')
    (tmp_path / 'd.html').write_text('<a href="https://example.org/x"></a>')
    broken, external = check_links(tmp_path)
    assert broken == ['a.html: b.html#nowhere', 'b.html: c.png']
    assert external == ['https://example.org/x']


def test_readme_is_short_and_its_links_lead_somewhere() -> None:
    text = (REPOSITORY / 'README.md').read_text()
    for link in re.findall(r'\]\(([^)#]+)', text):
        assert link.startswith('http') or (REPOSITORY / link).exists(), link
    prose = re.sub(r'```.*?```|<!-- figures.*?<!-- end -->', '', text, flags=re.DOTALL)
    words = re.sub(r'\]\([^)]*\)|[|`#*·-]', ' ', prose).split()
    assert len(words) <= README_WORDS, f'{len(words)} words'
