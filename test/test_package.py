# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Consistency of package.xml, setup.py, CMakeLists.txt, Makefile and the code."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

import fairmot_ros

REPOSITORY = Path(__file__).resolve().parents[1]
MANIFEST = ElementTree.parse(REPOSITORY / 'package.xml').getroot()
EXECUTABLE = re.compile(r'^install_executable\((?P<name>\S+) (?P<module>\S+) ', re.MULTILINE)
COMMAND = re.compile(r"'(?P<name>\S+) = (?P<module>\S+):main'")
EXECUTABLES = EXECUTABLE.findall((REPOSITORY / 'CMakeLists.txt').read_text())
COMMANDS = COMMAND.findall((REPOSITORY / 'setup.py').read_text())

# rosdep keys by import name.
ROSDEP_KEYS = {
    'cv2': 'python3-opencv',
    'jinja2': 'python3-jinja2',
    'markupsafe': 'python3-jinja2',  # brings it
    'numpy': 'python3-numpy',
    'scipy': 'python3-scipy',
    'tf2_ros': 'tf2_ros_py',
    'torch': 'python3-torch',
    'tqdm': 'python3-tqdm',
    'yaml': 'python3-yaml',
}
# Optional packages, or packages that only exported networks, bags and training need.
OPTIONAL = {
    'lap',
    'foxglove_msgs',
    'hri_msgs',
    'hnswlib',
    'rosbags',
    'mcap',
    'rosbag2_py',
    'matplotlib',
    'distributed',
    'nncf',
    'openvino',
    'onnx',
    'onnxruntime',
    'onnxscript',
    'optuna',
    'sqlalchemy',  # comes with optuna
    'backports',
    'compression',  # zstd, which comes with rosbags
}


def dependencies() -> set[str]:
    return {e.text or '' for e in MANIFEST if e.tag in ('depend', 'exec_depend')}


def imported_packages(folder: str) -> set[str]:
    """Return the names of the top-level packages that the Python files of a folder import."""
    names: set[str] = set()
    for path in (REPOSITORY / folder).rglob('*.py'):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                names.update(alias.name.split('.')[0] for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                names.add(node.module.split('.')[0])
    return names


MANIFESTS = [REPOSITORY, *sorted(p.parent for p in REPOSITORY.glob('third_party/*/package.xml'))]


@pytest.mark.parametrize('folder', MANIFESTS, ids=lambda folder: folder.name)
def test_manifest_is_valid(folder: Path) -> None:
    package = pytest.importorskip('catkin_pkg.package', reason='catkin_pkg is not installed')
    warnings: list[str] = []
    manifest = package.parse_package(str(folder), warnings=warnings)  # raises if it is not
    assert manifest.package_format == 3
    assert manifest.name == ('fairmot_ros' if folder == REPOSITORY else folder.name)
    assert warnings == []


def test_versions_agree() -> None:
    done = subprocess.run(
        [sys.executable, 'setup.py', '--version'], cwd=REPOSITORY, capture_output=True, text=True
    )
    versions = {
        'package.xml': MANIFEST.findtext('version'),
        'fairmot_ros': fairmot_ros.__version__,
        'setup.py': done.stdout.strip(),
    }
    assert len(set(versions.values())) == 1, f'{versions} {done.stderr}'


@pytest.mark.parametrize('folder', ['fairmot_ros', 'launch'])
def test_manifest_names_what_the_code_imports(folder: str) -> None:
    others = imported_packages(folder) - set(sys.stdlib_module_names) - {'fairmot_ros'}
    needed = {ROSDEP_KEYS.get(name, name) for name in others - OPTIONAL}
    assert needed - dependencies() == set()


def test_manifest_names_what_the_messages_use() -> None:
    fields = '\n'.join(
        path.read_text() for folder in ('msg', 'srv') for path in (REPOSITORY / folder).iterdir()
    )
    used = set(re.findall(r'^(\w+)/', fields, re.MULTILINE))
    assert used == {e.text for e in MANIFEST.findall('depend')}


@pytest.mark.parametrize(('name', 'module'), [*EXECUTABLES, *COMMANDS])
def test_executable_has_a_main(name: str, module: str) -> None:
    path = REPOSITORY.joinpath(*module.split('.')).with_suffix('.py')
    tree = ast.parse(path.read_text())
    functions = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
    imported = {
        alias.asname or alias.name
        for node in tree.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    assert 'main' in functions | imported, f'{name} calls main() of {module}'


def test_pip_and_colcon_install_the_same_commands() -> None:
    nodes = {name for name, _ in EXECUTABLES if '_' in name}
    assert nodes == {
        'fairmot_identities',
        'fairmot_node',
        'fairmot_player',
        'fairmot_recorder',
        'fairmot_replay',
    }
    assert set(EXECUTABLES) - set(COMMANDS) == {e for e in EXECUTABLES if e[0] in nodes}
    assert set(COMMANDS) <= set(EXECUTABLES)


@pytest.mark.parametrize('profile', ['fastdds.xml', 'fastdds_localhost.xml'])
def test_4k_image_fits_into_shared_memory(profile: str) -> None:
    root = ElementTree.parse(REPOSITORY / 'config' / profile).getroot()
    names = {'p': 'http://www.eprosima.com/XMLSchemas/fastRTPS_Profiles'}
    transport = root.find('.//p:transport_descriptor[p:type="SHM"]', names)
    assert transport is not None
    segment = int(transport.findtext('p:segment_size', '0', names))
    assert 3840 * 2160 * 3 < int(transport.findtext('p:maxMessageSize', '0', names)) <= segment


@pytest.mark.parametrize(
    ('compiler', 'python', 'advice'),
    [
        ('no-such-compiler', '', 'apt-get install g++'),
        ('true', 'no-such-python', 'PYTHON=no-such-python is not CPython'),
        ('true', '/bin/false', 'PYTHON=/bin/false is not CPython'),
    ],
)
def test_missing_prerequisites_are_reported(compiler: str, python: str, advice: str) -> None:
    done = subprocess.run(
        ['scripts/find_python.sh', python],
        cwd=REPOSITORY,
        env={**os.environ, 'CXX': compiler},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert advice in done.stderr
    assert done.stdout == ''


@pytest.mark.parametrize(
    'name', ["it's.mp4", 'two words.mp4', 'a"b.mp4', 'a$HOME`id`.mp4', '*;#.mp4']
)
def test_make_passes_file_names_unchanged(name: str) -> None:
    makefile = 'include Makefile\nshow:\n\t@printf "%s|" $(call option,--video,VIDEO)\n'
    done = subprocess.run(
        ['make', '-s', '--no-print-directory', '-f', '-', 'show', f'VIDEO={name}'],
        cwd=REPOSITORY,
        input=makefile,
        capture_output=True,
        text=True,
    )
    assert done.stdout == f'--video|{name}|', done.stderr


def test_make_quotes_every_file_name() -> None:
    text = (REPOSITORY / 'Makefile').read_text()
    for name in ('VIDEO', 'GT', 'WEIGHTS', 'DATA', 'PYTHON'):
        assert f'$({name})' not in text
