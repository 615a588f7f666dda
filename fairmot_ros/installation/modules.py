"""The Python modules that the nodes import."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from fairmot_ros.installation.finding import Finding, Level, try_import
from fairmot_ros.oldest_versions import OLDEST, is_older

NEEDED_MODULES = {  # module: what a ROS 2 installation calls it, what pip does
    'numpy': ('python3-numpy', 'numpy'),
    'cv2': ('python3-opencv', 'opencv-python'),
    'scipy': ('python3-scipy', 'scipy'),
    'yaml': ('python3-yaml', 'PyYAML'),
    'tqdm': ('python3-tqdm', 'tqdm'),
}
USEFUL_MODULES = {  # module, which pip calls the same: what happens without it
    'lap': "SciPy's solver takes its place, with the same result, slower in crowds",
    'openvino': 'torch runs the network, at half the speed on a CPU',
}


def check_modules() -> Iterator[Finding]:
    """Look at Python itself and at what pip or rosdep install into it."""
    yield Finding('python', Level.OK, f'{sys.executable} ({sys.version.split()[0]})')
    for module, names in NEEDED_MODULES.items():
        yield _needed_module(module, *names)
    yield _torch()
    for name, consequence in USEFUL_MODULES.items():
        yield _useful_module(name, consequence)


def _needed_module(name: str, package: str, pip_name: str) -> Finding:
    module, why = try_import(name)
    if module is not None:
        return _judge_version(name, module)
    return Finding(
        name,
        Level.PROBLEM,
        f'cannot be imported ({why})',
        f'install {package} with rosdep or apt, or `{sys.executable} -m pip install {pip_name}`',
    )


def _judge_version(name: str, module: Any) -> Finding:
    version = _version(module)
    oldest = OLDEST.get(name)
    if oldest is None or not is_older(version, oldest):
        return Finding(name, Level.OK, version)
    return Finding(
        name,
        Level.PROBLEM,
        f'{version} is older than {oldest}, the oldest version that works',
        'install a newer one in a virtual environment made with --system-site-packages',
    )


def _torch() -> Finding:
    module, why = try_import('torch')
    if module is not None:
        return _judge_version('torch', module)
    environment = os.environ.get('VIRTUAL_ENV')
    if environment and not sys.prefix.startswith(environment) and _has_torch(environment):
        return Finding(
            'torch',
            Level.PROBLEM,
            f'is in the virtual environment {environment}, which {sys.executable} does not see',
            f'make it with `python3 -m venv --system-site-packages {environment}`, put a file '
            'COLCON_IGNORE into it, and build and start the nodes while it is active',
        )
    return Finding(
        'torch',
        Level.PROBLEM,
        f'cannot be imported ({why})',
        'install python3-torch with rosdep, or follow pytorch.org for a build for your GPU; if '
        'it lives in a virtual environment, activate that one and run this again',
    )


def _has_torch(environment: str) -> bool:
    python = Path(environment) / 'bin' / 'python'
    return python.is_file() and can_import(str(python), 'torch')


def can_import(python: str, *modules: str) -> bool:
    """Whether another interpreter can import all modules."""
    code = 'import ' + ', '.join(modules)
    # `-c` puts the current folder on the module path: modules are to come from elsewhere.
    folder = Path(python).parent
    try:
        done = subprocess.run([python, '-c', code], cwd=folder, capture_output=True, timeout=120)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def _useful_module(name: str, consequence: str) -> Finding:
    module, why = try_import(name)
    if module is not None:
        return Finding(name, Level.OK, _version(module))
    return Finding(
        name,
        Level.NOTE,
        f'is missing ({why}): {consequence}',
        f'`{sys.executable} -m pip install {name}`',
    )


def _version(module: Any) -> str:
    return str(getattr(module, '__version__', 'present'))
