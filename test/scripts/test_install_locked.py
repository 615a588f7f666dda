# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Installation by `scripts/install_locked.sh`, from a folder of small wheels."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import zipfile
from importlib.util import find_spec
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / 'scripts' / 'install_locked.sh'
pytestmark = pytest.mark.skipif(find_spec('pip') is None, reason='needs pip')


def make_wheel(folder: Path, name: str, version: str, needs: str = '') -> str:
    """Write a wheel with one module; return the line that locks it."""
    path = folder / f'{name}-{version}-py3-none-any.whl'
    about = f'{name}-{version}.dist-info'
    files = {
        f'{name}.py': f'version = {version!r}\n',
        f'{about}/METADATA': f'Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n'
        + (f'Requires-Dist: {needs}\n' if needs else ''),
        f'{about}/WHEEL': 'Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n',
        f'{about}/RECORD': '',
    }
    with zipfile.ZipFile(path, 'w') as archive:
        for file, text in files.items():
            archive.writestr(file, text)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return f'{name}=={version} --hash=sha256:{digest}\n'


def run(folder: Path, *files: str) -> subprocess.CompletedProcess[str]:
    """Install from the wheels in a folder into `installed` below it."""
    environment = {
        **os.environ,
        'PIP_CONFIG_FILE': os.devnull,
        'PIP_NO_INDEX': '1',
        'PIP_FIND_LINKS': str(folder),
        'PIP_TARGET': str(folder / 'installed'),
    }
    return subprocess.run(
        [SCRIPT, sys.executable, *files],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
    )


def installed(folder: Path) -> list[str]:
    return sorted(path.stem for path in folder.glob('installed/*.py'))


def test_only_what_is_listed_is_installed(tmp_path: Path) -> None:
    make_wheel(tmp_path, 'bbb', '1.0')
    (tmp_path / 'a.txt').write_text(make_wheel(tmp_path, 'aaa', '1.0', needs='bbb'))
    done = run(tmp_path, 'a.txt')
    assert (done.returncode, installed(tmp_path)) == (0, ['aaa']), done.stderr


def test_another_file_of_the_same_name_is_refused(tmp_path: Path) -> None:
    (tmp_path / 'a.txt').write_text(make_wheel(tmp_path, 'aaa', '1.0'))
    make_wheel(tmp_path, 'aaa', '1.0', needs='something')
    done = run(tmp_path, 'a.txt')
    assert done.returncode and 'DO NOT MATCH THE HASHES' in done.stderr
    assert installed(tmp_path) == []


def test_what_has_no_hash_is_refused(tmp_path: Path) -> None:
    (tmp_path / 'a.txt').write_text(make_wheel(tmp_path, 'aaa', '1.0').split()[0])
    assert 'Hashes are required' in run(tmp_path, 'a.txt').stderr
    assert installed(tmp_path) == []


def write_torch(folder: Path) -> None:
    cpu, cuda = (make_wheel(folder, 'torch', version) for version in ('1.0+cpu', '1.0'))
    (folder / 'requirements-cpu.txt').write_text(cpu)
    (folder / 'requirements-cuda.txt').write_text(cuda + make_wheel(folder, 'driver', '1.0'))


def test_torch_is_the_build_without_cuda_where_there_is_one(tmp_path: Path) -> None:
    write_torch(tmp_path)
    assert run(tmp_path, 'torch').returncode == 0
    assert installed(tmp_path) == ['torch']
    assert "'1.0+cpu'" in (tmp_path / 'installed' / 'torch.py').read_text()


def test_torch_is_the_other_build_elsewhere(tmp_path: Path) -> None:
    write_torch(tmp_path)
    (tmp_path / 'torch-1.0+cpu-py3-none-any.whl').unlink()
    assert run(tmp_path, 'torch').returncode == 0
    assert installed(tmp_path) == ['driver', 'torch']


def test_a_changed_build_without_cuda_is_refused_and_not_replaced(tmp_path: Path) -> None:
    write_torch(tmp_path)
    make_wheel(tmp_path, 'torch', '1.0+cpu', needs='something')
    done = run(tmp_path, 'torch')
    assert done.returncode and 'DO NOT MATCH THE HASHES' in done.stderr
    assert installed(tmp_path) == []
