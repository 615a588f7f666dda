# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Checks of Python and of the packages that the nodes import."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from fairmot_ros.installation.finding import Finding, Level, try_import
from fairmot_ros.oldest_versions import OLDEST, is_older

REQUIRED_MODULES = {  # module: name of its apt package, name of its pip package
    'numpy': ('python3-numpy', 'numpy'),
    'cv2': ('python3-opencv', 'opencv-python'),
    'scipy': ('python3-scipy', 'scipy'),
    'yaml': ('python3-yaml', 'PyYAML'),
    'tqdm': ('python3-tqdm', 'tqdm'),
}
OPTIONAL_MODULES = {  # module, also its pip name: what happens without it
    'lap': "SciPy's assignment solver is used: same results, slower with many tracks",
    'openvino': 'torch runs the network, at half the speed on a CPU',
}


def check_modules() -> Iterator[Finding]:
    """Check the interpreter, the required packages, torch and the optional packages."""
    yield Finding('python', Level.OK, f'{sys.executable} ({sys.version.split()[0]})')
    for module, names in REQUIRED_MODULES.items():
        yield _check_required(module, *names)
    yield _check_torch()
    for name, consequence in OPTIONAL_MODULES.items():
        yield _check_optional(name, consequence)


def _check_required(name: str, package: str, pip_name: str) -> Finding:
    module, why = try_import(name)
    if module is not None:
        return _check_version(name, module)
    return Finding(
        name,
        Level.PROBLEM,
        f'cannot be imported ({why})',
        f'install {package} with rosdep or apt, or `{sys.executable} -m pip install {pip_name}`',
    )


def _check_version(name: str, module: Any) -> Finding:
    version = _version(module)
    oldest = OLDEST.get(name)
    if oldest is None or not is_older(version, oldest):
        return Finding(name, Level.OK, version)
    return Finding(
        name,
        Level.PROBLEM,
        f'{version} is older than {oldest}, the oldest supported version',
        'install a newer one in a virtual environment created with --system-site-packages',
    )


def _check_torch() -> Finding:
    module, why = try_import('torch')
    if module is not None:
        return _check_version('torch', module)
    environment = os.environ.get('VIRTUAL_ENV')
    if environment and not sys.prefix.startswith(environment) and _has_torch(environment):
        return Finding(
            'torch',
            Level.PROBLEM,
            f'is installed in the virtual environment {environment}, which {sys.executable} does '
            'not use',
            f'create it with `python3 -m venv --system-site-packages {environment}`, put a file '
            'COLCON_IGNORE into it, and build and start the nodes while it is active',
        )
    return Finding(
        'torch',
        Level.PROBLEM,
        f'cannot be imported ({why})',
        'install python3-torch with rosdep, or a build for your GPU from pytorch.org; if it is in '
        'a virtual environment, activate that environment and run this command again',
    )


def _has_torch(environment: str) -> bool:
    python = Path(environment) / 'bin' / 'python'
    return python.is_file() and can_import(str(python), 'torch')


def can_import(python: str, *modules: str) -> bool:
    """Return whether another interpreter can import all of the modules."""
    code = 'import ' + ', '.join(modules)
    # `-c` puts the current folder on the module path: run where it holds no modules.
    folder = Path(python).parent
    try:
        done = subprocess.run([python, '-c', code], cwd=folder, capture_output=True, timeout=120)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def _check_optional(name: str, consequence: str) -> Finding:
    module, why = try_import(name)
    if module is not None:
        return Finding(name, Level.OK, _version(module))
    return Finding(
        name,
        Level.NOTE,
        f'cannot be imported ({why}): {consequence}',
        f'`{sys.executable} -m pip install {name}`',
    )


def _version(module: Any) -> str:
    return str(getattr(module, '__version__', 'installed'))
