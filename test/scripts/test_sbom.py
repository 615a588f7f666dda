# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""The software bill of materials is complete."""

from __future__ import annotations

import hashlib
import json
import runpy
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
SCRIPT = REPOSITORY / 'scripts' / 'sbom.py'


@pytest.fixture(scope='module')
def components() -> dict[str, Any]:
    document = runpy.run_path(str(SCRIPT))['bill_of_materials']()
    return {part['name']: part for part in document['components']}


@pytest.mark.parametrize('part', ['', '-cpu', '-lock', '-ros'])
def test_every_installed_package_is_listed(part: str, components: dict[str, Any]) -> None:
    lines = [
        line
        for line in (REPOSITORY / f'requirements{part}.txt').read_text().splitlines()
        if '==' in line
    ]
    assert lines
    for line in lines:
        package, _, version = line.split()[0].partition('==')
        assert components[package]['version'] == version


def test_every_shipped_file_of_others_is_listed(components: dict[str, Any]) -> None:
    folders = [REPOSITORY / 'fairmot_ros' / name for name in ('data', 'weights')]
    files = [path for folder in folders for path in folder.iterdir() if path.suffix != '.md']
    assert len(files) > 3
    for path in files:
        part = components[str(path.relative_to(REPOSITORY))]
        assert part['hashes'][0]['content'] == hashlib.sha256(path.read_bytes()).hexdigest()
        assert part['licenses'][0]['license']['id'] in ('Apache-2.0', 'CC-BY-4.0')


def test_every_bundled_message_package_is_listed(components: dict[str, Any]) -> None:
    bundled = [path.parent.name for path in REPOSITORY.glob('third_party/*/package.xml')]
    assert len(bundled) > 2
    for name in bundled:
        assert components[name]['licenses'][0]['license']['name']


@pytest.mark.skipif(find_spec('openvino') is None, reason='needs the packages of `make setup`')
def test_licences_of_installed_packages_are_stated(components: dict[str, Any]) -> None:
    without = [name for name, part in components.items() if not part.get('licenses')]
    assert set(without) <= {'ros-wheels-bootstrapper'}  # states none


def test_command_writes_the_same_file_again(tmp_path: Path) -> None:
    texts = []
    for name in ('a.json', 'b.json'):
        path = tmp_path / 'folder' / name
        subprocess.run([sys.executable, SCRIPT, path], check=True, capture_output=True)
        texts.append(path.read_text())
    assert texts[0] == texts[1]
    assert json.loads(texts[0])['bomFormat'] == 'CycloneDX'
