"""The package for pip; on a real ROS 2, colcon uses CMakeLists.txt and ignores this file.

The messages need the CMake of ROS 2, so the `build` command gets one more step: it runs the same
CMakeLists.txt against the ROS 2 it finds and packs what that installs. `make setup` takes this
way too, as an editable installation.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterable
from pathlib import Path
from xml.etree import ElementTree

from setuptools import Command, Distribution, find_packages, setup
from setuptools.command.build import build

HERE = Path(__file__).resolve().parent
INTERFACES = HERE / 'build' / 'interfaces'


class InterfaceError(SystemExit):
    """The messages cannot be built; the text says what to do."""


def ros_prefixes() -> list[Path]:
    """Prefixes of the sourced ROS 2 and of the ROS wheels that Python can import, best first."""
    sourced = os.environ.get('AMENT_PREFIX_PATH', '').split(os.pathsep)
    # A wheel lies at <prefix>/lib/pythonX.Y/site-packages, its CMake files at <prefix>/share.
    wheels = [Path(entry).parents[2] for entry in sys.path if Path(entry, 'rosidl_cmake').is_dir()]
    prefixes = list(dict.fromkeys([*(Path(p) for p in sourced if p), *wheels]))
    if not any((p / 'share' / 'rosidl_default_generators').is_dir() for p in prefixes):
        raise InterfaceError(
            'No ROS 2 that can build messages was found, looking in AMENT_PREFIX_PATH and among '
            'the Python packages: source its setup.bash, or install the build requirements of '
            'pyproject.toml'
        )
    return prefixes


def provides_vision_msgs(prefix: Path) -> bool:
    """Whether vision_msgs is there, other than by an earlier installation of this package."""
    manifest = prefix / 'share' / 'vision_msgs' / 'package.xml'
    return manifest.is_file() and 'bundled with fairmot_ros' not in manifest.read_text()


def cmake_install(source: Path, prefix: Path, prefixes: Iterable[Path]) -> None:
    """Configure, build and install one CMake package below `prefix`, finding others there too."""
    folder = INTERFACES / source.name
    search = os.pathsep.join(map(str, [prefix, *prefixes]))
    environment = {
        **os.environ,
        'AMENT_PREFIX_PATH': search,
        'CMAKE_PREFIX_PATH': search,
        # ninja, and cmake's own calls of Python, come from where this Python's packages lie.
        'PATH': os.pathsep.join([sysconfig.get_path('scripts'), os.environ.get('PATH', '')]),
        'PYTHONPATH': os.pathsep.join(filter(None, sys.path)),
    }
    configure = [
        *('cmake', '-G', 'Ninja', '-S', source, '-B', folder),
        '-DBUILD_TESTING=OFF',
        '-DCMAKE_BUILD_TYPE=Release',
        f'-DCMAKE_INSTALL_PREFIX={prefix}',
        f'-DCMAKE_PROJECT_INCLUDE={HERE / "cmake" / "strip_missing_includes.cmake"}',
        f'-DPython3_EXECUTABLE={sys.executable}',
        '-DPython3_FIND_VIRTUALENV=FIRST',
    ]
    for command in (configure, ['cmake', '--build', folder], ['cmake', '--install', folder]):
        program = shutil.which(str(command[0]), path=environment['PATH'])
        if program is None:
            raise InterfaceError('cmake is missing: pip install "cmake<4" ninja')
        done = subprocess.run([program, *map(str, command[1:])], env=environment)
        if done.returncode:
            raise InterfaceError(f'The messages in {source} could not be built: see above why')


class BuildInterfaces(Command):
    """Build the messages and lay out everything CMake installs for the wheel."""

    editable_mode = False
    build_lib: str | None

    def initialize_options(self) -> None:
        """Start with nothing known."""
        self.build_lib = None

    def finalize_options(self) -> None:
        """Take the folder for Python modules from `build`."""
        self.set_undefined_options('build', ('build_lib', 'build_lib'))

    def run(self) -> None:
        """Build into a fresh folder and hand its files on."""
        prefixes = ros_prefixes()
        shutil.rmtree(INTERFACES, ignore_errors=True)
        installed = INTERFACES / 'install'
        if not any(map(provides_vision_msgs, prefixes)):
            cmake_install(HERE / 'third_party' / 'vision_msgs', installed, prefixes)
        cmake_install(HERE, installed, prefixes)
        modules = next(installed.glob('**/rosidl_generator_py.egg-info/../'), None) 
        self.add_modules(modules)
        self.add_data(installed, modules)

    def add_modules(self, modules: Path) -> None:
        """Add the Python modules of the messages."""

    def add_data(self, installed: Path, modules: Path) -> None:
        """Add the rest: libraries, ament index, launch files, at their place below the prefix."""


setup()
