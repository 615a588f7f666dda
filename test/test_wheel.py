# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""What pip and CMake install, built from a copy of the source tree."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[1]
LEFT_OUT = ('.git', '.venv*', 'build', 'install', 'log', 'out', 'runs', 'test')
PATHS_OF_PYTHON = 'lib/python*/site-packages'


#: Messages of the copy: compiling all takes minutes, and was done where these tests run.
KEPT = ('Track', 'TrackArray', 'ForgetIdentity', 'BoundingBox2D', 'Point2D', 'Pose2D')


def keep_few_messages(source: Path) -> None:
    """Remove all definitions of messages and services from a source tree but a few."""
    listed = source / 'CMakeLists.txt'
    lines = listed.read_text().splitlines(keepends=True)
    for path in [*source.glob('**/*.msg'), *source.glob('**/*.srv')]:
        if path.stem not in KEPT:
            path.unlink()
            lines = [line for line in lines if line.strip() != f'{path.parent.name}/{path.name}']
    listed.write_text(''.join(lines))
    for package in (source / 'third_party').iterdir():
        if package.name != 'vision_msgs':
            shutil.rmtree(package)


def leave_out(folder: str, names: list[str]) -> set[str]:
    """Return what is not copied: outputs of builds, which lie at the top alone."""
    patterns = LEFT_OUT if Path(folder) == REPOSITORY else ('__pycache__',)
    return shutil.ignore_patterns(*patterns)(folder, names)


@pytest.fixture(scope='module')
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A source tree after its wheel was built into `dist`."""
    pytest.importorskip('rosidl_cmake', reason='the messages need ROS 2: `make setup` brings it')
    if 'AMENT_PREFIX_PATH' in os.environ:
        pytest.skip('with a ROS 2 sourced, colcon builds the package')
    copy = tmp_path_factory.mktemp('wheel') / 'fairmot_ros'
    shutil.copytree(REPOSITORY, copy, ignore=leave_out)
    keep_few_messages(copy)
    command = [sys.executable, '-m', 'pip', 'wheel', '--no-deps', '--no-build-isolation']
    done = subprocess.run(
        [*command, '--wheel-dir', 'dist', '.'], cwd=copy, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return copy


@pytest.mark.slow
def test_the_wheel_has_code_types_data_and_messages(source: Path) -> None:
    (wheel,) = (source / 'dist').glob('*.whl')
    names = zipfile.ZipFile(wheel).namelist()
    version = wheel.name.split('-')[1]
    for name in (
        'fairmot_ros/__init__.py',
        'fairmot_ros/py.typed',
        'fairmot_ros/data/ATTRIBUTION.md',
        'fairmot_ros/msg/_track.py',
        f'fairmot_ros-{version}.data/data/share/fairmot_ros/launch/fairmot.launch.py',
        f'fairmot_ros-{version}.data/data/share/ament_index/resource_index/packages/fairmot_ros',
    ):
        assert name in names
    shipped = {path.name for path in (REPOSITORY / 'fairmot_ros' / 'data').iterdir()}
    packed = {Path(name).name for name in names if name.startswith('fairmot_ros/data/')}
    assert shipped <= packed


@pytest.mark.slow
def test_cmake_installs_the_same_modules(source: Path) -> None:
    installed = source / 'build' / 'interfaces' / 'install'
    (package,) = installed.glob(f'{PATHS_OF_PYTHON}/fairmot_ros')
    assert (package / 'py.typed').is_file()
    (wheel,) = (source / 'dist').glob('*.whl')
    packed = {n for n in zipfile.ZipFile(wheel).namelist() if n.startswith('fairmot_ros/')}
    modules = {f'fairmot_ros/{p.relative_to(package)}' for p in package.rglob('*.py')}
    assert modules <= packed
    own = REPOSITORY / 'fairmot_ros'
    assert {f'fairmot_ros/{p.relative_to(own)}' for p in own.rglob('*.py')} <= modules
