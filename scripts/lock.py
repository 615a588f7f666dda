#!/usr/bin/env python3
# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Write the hashes of all files that pip may install into requirements*.txt.

After a version was changed: `pip install uv && scripts/lock.py`. uv asks the package index for the
hashes of each pinned version; nothing is downloaded. `scripts/lock.py --check` needs no network:
it checks that every requirement has an exact version and hashes. CPython 3.11 or newer.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import tomllib

REPOSITORY = Path(__file__).resolve().parents[1]
REQUIREMENT = re.compile(
    r'(?P<name>[\w.-]+)==(?P<version>[\w.+]+)(?P<marker> ; [^\\\n]*[^\\\n ])?'
    r'(?P<hashes>(?: \\\n    --hash=sha256:[0-9a-f]{64})*)'
)
#: Wheels that CPython 3.11 to 3.14 installs on Linux.
WHEEL = re.compile(
    r'-(?:(?:py2\.)?py3(?:\d+)?-none|cp3(?:1[1-4])-cp3(?:1[1-4])|cp3\d+-abi3)'
    r'-(?:any|(?:many)?linux\w*_(?:x86_64|aarch64)(?:\.\w+)*)\.whl$'
)
#: What only PyTorch's own index has, and folders that were filled from it: the builds without CUDA
#: for CPython 3.11 to 3.14 on x86_64, then on aarch64.
HASHES_OF_OTHERS = {
    'torch==2.13.0+cpu': [
        '6746dbcbeb526eb61330b76b41ff1b4eb848951103a892eeb080dfa2b264667b',
        '4ca4a9394b0c771238a4f73590fdbbc4debad85ed0fa63d026ae1b085da7d6e2',
        '3fbf9c9d1f3c10c2d59d04aca426dee9ccc6ceb32d255c61e93acc3b4f75fae6',
        'd20fa53ee744502fa4c69818a720b05ca0d37abd055d4f6e66cae155114bc691',
        '84453b69508ec79902f899c5ed9495acb9e2bbe9fda5f1d5d6f19e3c3842e1a7',
        '6f307c2c32d764ffc6ff6893b801fad6d4752f3e67966cb8abf1843427c02604',
        '0b8f7d0423027ae8b90c7977c627f3379f325363a08224dffad9b4b2d684a83d',
        'ca021f9eb2f8345c83fa03e3a04587308afb8df71bd472670b3ece00df58621c',
    ]
}


def files() -> list[Path]:
    """Return the requirements files."""
    return sorted(REPOSITORY.glob('requirements*.txt'))


def problems(text: str) -> Iterator[str]:
    """Yield a sentence for each line that is no comment and has no exact version or no hashes."""
    for line in re.sub(r' \\\n', ' ', text).splitlines():
        if not line or line.startswith('#'):
            continue
        found = REQUIREMENT.fullmatch(re.split(' +--hash', line)[0])
        if found is None:
            yield f'{line[:60]} is not <name>==<version>'
        elif not re.search(r'( +--hash=sha256:[0-9a-f]{64})+$', line):
            yield f'{found["name"]} has no hashes: run scripts/lock.py'


def with_hashes(text: str, hashes: dict[str, list[str]]) -> str:
    """Return a requirements file with the hashes of each requirement.

    Args:
        text: the file.
        hashes: by requirement, in the form of `pinned`.
    """

    def replace(found: re.Match[str]) -> str:
        digests = hashes[pinned(found['name'], found['version'])]
        lines = ''.join(f' \\\n    --hash=sha256:{digest}' for digest in digests)
        return f'{found["name"]}=={found["version"]}{found["marker"] or ""}{lines}'

    kept = re.split(r'(^#.*\n)', text, flags=re.MULTILINE)
    return ''.join(
        part if part.startswith('#') else REQUIREMENT.sub(replace, part) for part in kept
    )


def pinned(name: str, version: str) -> str:
    """Return `<name>==<version>`, with the name as package indices compare it."""
    return f'{re.sub(r"[-_.]+", "-", name).lower()}=={version}'


def ask_index(requirements: list[str]) -> dict[str, list[str]]:
    """Return the hashes of the files of each requirement that can be installed here or elsewhere.

    Raises:
        SystemExit: if uv fails.
    """
    command = ['uv', 'pip', 'compile', '--quiet', '--no-deps', '--universal', '--no-header']
    with tempfile.TemporaryDirectory() as folder:
        wanted, answer = Path(folder, 'requirements.in'), Path(folder, 'pylock.toml')
        wanted.write_text('\n'.join(requirements))
        command += ['--python-version', '3.11.7', '--no-python-downloads']
        done = subprocess.run([*command, '--format', 'pylock.toml', '-o', answer, wanted])
        if done.returncode:
            raise SystemExit('uv could not read the package index: see above')
        packages = tomllib.loads(answer.read_text())['packages']
    return {pinned(p['name'], p['version']): sorted(_hashes(p)) for p in packages}


def _hashes(package: dict[str, Any]) -> set[str]:
    wheels = [w for w in package.get('wheels', ()) if WHEEL.search(_file_name(w))]
    chosen = wheels or [package['sdist']]
    return {file['hashes']['sha256'] for file in chosen}


def _file_name(file: dict[str, Any]) -> str:
    return str(file.get('name') or file['url'].rsplit('/', 1)[-1])


def main() -> int:
    """Check the files, or write the hashes."""
    if sys.argv[1:] == ['--check']:
        found = [f'{path.name}: {p}' for path in files() for p in problems(path.read_text())]
        print('\n'.join(found) or 'every requirement has an exact version and hashes')
        return bool(found)
    texts = {path: path.read_text() for path in files()}
    wanted = sorted(
        {
            pinned(found['name'], found['version'])
            for text in texts.values()
            for found in REQUIREMENT.finditer(re.sub(r'^#.*\n', '', text, flags=re.MULTILINE))
        }
    )
    hashes = HASHES_OF_OTHERS | ask_index(
        [name for name in wanted if name not in HASHES_OF_OTHERS]
    )
    for path, text in texts.items():
        path.write_text(with_hashes(text, hashes))
    print(f'{len(wanted)} requirements, {sum(map(len, hashes.values()))} hashes')
    return 0


if __name__ == '__main__':
    sys.exit(main())
