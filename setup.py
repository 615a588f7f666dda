# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Installation with pip; with a ROS 2 installation, colcon uses CMakeLists.txt instead.

The messages need the CMake packages of ROS 2. The `build` command therefore has an additional
step: it runs CMakeLists.txt with the ROS 2 it finds, and packs the installed files. `make setup`
uses it for an editable installation.
"""

from __future__ import annotations

import os
import re
import runpy
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
# Read without importing the package, whose dependencies may not be installed yet.
OLDEST = runpy.run_path(str(HERE / 'fairmot_ros' / 'oldest_versions.py'))['OLDEST']
INTERFACES = HERE / 'build' / 'interfaces'
THIRD_PARTY = HERE / 'third_party'  # message packages, built where ROS lacks them


class InterfaceError(SystemExit):
    """The messages cannot be built; the message says what to do."""


def ros_prefixes() -> list[Path]:
    """Return the prefixes of the sourced ROS 2 and of importable ROS wheels, in search order."""
    sourced = os.environ.get('AMENT_PREFIX_PATH', '').split(os.pathsep)
    # Wheels are in <prefix>/lib/pythonX.Y/site-packages, their CMake files in <prefix>/share.
    wheels = [Path(entry).parents[2] for entry in sys.path if Path(entry, 'rosidl_cmake').is_dir()]
    prefixes = list(dict.fromkeys([*(Path(p) for p in sourced if p), *wheels]))
    if not any((p / 'share' / 'rosidl_default_generators').is_dir() for p in prefixes):
        raise InterfaceError(
            'No ROS 2 that can build messages was found in AMENT_PREFIX_PATH or among the Python '
            'packages: source its setup.bash, or install the build requirements of pyproject.toml'
        )
    return prefixes


def provides(prefix: Path, package: str) -> bool:
    """Return whether a prefix has a package, other than from this one."""
    manifest = prefix / 'share' / package / 'package.xml'
    return manifest.is_file() and 'bundled with fairmot_ros' not in manifest.read_text()


def cmake_install(source: Path, prefix: Path, prefixes: Iterable[Path]) -> None:
    """Configure, build and install a CMake package to `prefix`.

    Args:
        source: folder with CMakeLists.txt.
        prefix: installation prefix; packages in it are found as well.
        prefixes: prefixes to search for packages.

    Raises:
        InterfaceError: if cmake is missing or fails.
    """
    folder = INTERFACES / source.name
    search = os.pathsep.join(map(str, [prefix, *prefixes]))
    environment = {
        **os.environ,
        'AMENT_PREFIX_PATH': search,
        'CMAKE_PREFIX_PATH': search,
        # Use ninja and Python of the same environment.
        'PATH': os.pathsep.join([sysconfig.get_path('scripts'), os.environ.get('PATH', '')]),
        'PYTHONPATH': os.pathsep.join(filter(None, sys.path)),
    }
    configure = [
        *('cmake', '-G', 'Ninja', '-S', source, '-B', folder),
        '-DBUILD_TESTING=OFF',
        '-DCMAKE_BUILD_TYPE=Release',
        f'-DCMAKE_INSTALL_PREFIX={prefix}',
        f'-DCMAKE_PROJECT_INCLUDE={HERE / "cmake" / "ros_wheels.cmake"}',
        f'-DPython3_EXECUTABLE={sys.executable}',
        '-DPython3_FIND_VIRTUALENV=FIRST',
    ]
    for command in (configure, ['cmake', '--build', folder], ['cmake', '--install', folder]):
        program = shutil.which(str(command[0]), path=environment['PATH'])
        if program is None:
            raise InterfaceError('cmake is missing: pip install "cmake<4" ninja')
        done = subprocess.run([program, *map(str, command[1:])], env=environment)
        if done.returncode:
            raise InterfaceError(f'The messages in {source} could not be built: see the log above')


class BuildInterfaces(Command):
    """Build the messages, and add all files that CMake installs to the wheel."""

    editable_mode = False
    build_lib: str

    def initialize_options(self) -> None:
        """Set defaults of the options, as required by setuptools."""
        self.build_lib = ''

    def finalize_options(self) -> None:
        """Get the folder for Python modules from the command `build`."""
        self.build_lib = self.get_finalized_command('build').build_lib

    def run(self) -> None:
        """Build in an empty folder."""
        prefixes = ros_prefixes()
        shutil.rmtree(INTERFACES, ignore_errors=True)
        installed = INTERFACES / 'install'
        for source in sorted(path.parent for path in THIRD_PARTY.glob('*/package.xml')):
            if not any(provides(prefix, source.name) for prefix in prefixes):
                cmake_install(source, installed, prefixes)
        cmake_install(HERE, installed, prefixes)
        modules = next(installed.rglob('*-packages/fairmot_ros')).parent
        self.add_modules(modules)
        self.add_data(installed, modules)

    def add_modules(self, modules: Path) -> None:
        """Add the Python packages; in an editable installation, only files not in the source tree.

        Without __init__.py there, Python imports fairmot_ros from the source tree, which finds the
        generated modules by extending its path.
        """
        target = self.get_finalized_command('install').install_lib
        for file in modules.rglob('*'):
            name = file.relative_to(modules)
            # An .egg-info would register this distribution a second time.
            if file.is_dir() or file.match('*.egg-info/*') or file.suffix in ('.c', '.pyc'):
                continue
            if self.editable_mode and (HERE / name).exists():
                continue
            copy = Path(target if self.editable_mode else self.build_lib, name)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(file, copy)

    def add_data(self, installed: Path, modules: Path) -> None:
        """Add all other files, such as libraries, ament index and launch files."""
        files: dict[str, list[str]] = {}
        for file in sorted(installed.rglob('*')):
            folder = file.parent.relative_to(installed)
            # Without bin, as pip creates the commands from the entry points.
            if file.is_file() and modules not in file.parents and folder.parts[0] != 'bin':
                files.setdefault(str(folder), []).append(os.path.relpath(file, HERE))
        self.distribution.data_files = list(files.items())
        if self.editable_mode:  # setuptools omits data files from editable wheels
            self.run_command('install_data')

    def get_source_files(self) -> list[str]:
        """Return the files that a source distribution needs."""
        files = [*HERE.glob('msg/*'), *HERE.glob('srv/*'), *HERE.glob('cmake/*')]
        files += [*THIRD_PARTY.glob('**/*'), HERE / 'CMakeLists.txt', HERE / 'package.xml']
        files += [HERE / 'requirements-docs.txt', HERE / 'requirements-cluster.txt']
        return [os.path.relpath(file, HERE) for file in files if file.is_file()]

    def get_outputs(self) -> list[str]:
        """Return no files, as the whole folder is packed."""
        return []

    def get_output_mapping(self) -> dict[str, str]:
        """Return no mapping, as the whole folder is packed."""
        return {}


class Build(build):
    """The standard build steps and the messages."""

    sub_commands = [*build.sub_commands, ('build_interfaces', None)]  # noqa: RUF012


class BinaryDistribution(Distribution):
    """A distribution with a platform-specific wheel, as the messages include libraries."""

    def has_ext_modules(self) -> bool:
        """Return true: CMake builds extension modules."""
        return True


def requirements(name: str) -> list[str]:
    """Return the packages that a requirements file names, without those that they bring along.

    A comment that begins with "What" separates them; without one, all would become requirements of
    the extra.
    """
    named = (HERE / name).read_text().split('\n# What ')[0]
    return re.findall(r'^[\w.-]+==[\w.]+', named, re.MULTILINE)


def manifest_text(field: str) -> str:
    """Return the text of a field of package.xml."""
    text = ElementTree.parse(HERE / 'package.xml').findtext(field, '')
    return ' '.join(text.split())


setup(
    name='fairmot_ros',
    version=manifest_text('version'),
    description=manifest_text('description'),
    license=manifest_text('license'),
    maintainer=manifest_text('maintainer'),
    python_requires='>=3.10',
    package_dir={'': '.'},  # explicit, so that an editable installation is a plain .pth file
    packages=find_packages(include=['fairmot_ros', 'fairmot_ros.*']),
    distclass=BinaryDistribution,
    cmdclass={'build': Build, 'build_interfaces': BuildInterfaces},
    install_requires=[
        'Jinja2',
        'lap',
        'mcap>=1.2',
        f'numpy>={OLDEST["numpy"]}',
        f'opencv-python-headless>={OLDEST["cv2"]}',
        'PyYAML',
        'rosbags>=0.11',
        f'scipy>={OLDEST["scipy"]}',
        f'torch>={OLDEST["torch"]},<=2.13.0',  # newer versions are not tested
        'tqdm',
    ],
    extras_require={
        # ROS 2 wheels, for machines without a ROS 2 installation
        'ros': [
            'ros-jazzy-diagnostic-msgs',
            'ros-jazzy-geometry-msgs',
            'ros-jazzy-lifecycle-msgs',
            'ros-jazzy-rclpy',
            'ros-jazzy-rmw-fastrtps-cpp',
            'ros-jazzy-sensor-msgs',
            'ros-jazzy-std-msgs',
            'ros-jazzy-std-srvs',
            'ros-jazzy-visualization-msgs',
        ],
        # The engine that runs checkpoints fastest on a CPU
        'openvino': ['openvino>=2025.0'],
        # Export of networks to ONNX, and the engine that runs them
        'onnx': ['onnx', 'onnxruntime', 'onnxscript'],
        # Exports in int8
        'int8': ['nncf', 'openvino>=2025.0'],
        # Search among more than 100 000 embeddings of identities
        'search': ['hnswlib>=0.8'],
        # The search of fairmot-tune
        'tune': ['optuna>=4', 'sqlalchemy'],
        # Plots of ablations, and TensorBoard logs of training
        'training': ['matplotlib', 'tensorboard'],
        # The documentation's site: `make docs`
        'docs': requirements('requirements-docs.txt'),
        # Many inputs at once on a Dask cluster: --dask
        'cluster': requirements('requirements-cluster.txt'),
    },
    entry_points={
        'console_scripts': [
            'fairmot-ablation = fairmot_ros.cli.ablation:main',
            'fairmot-bag2mot = fairmot_ros.cli.bag2mot:main',
            'fairmot-calibrate = fairmot_ros.cli.calibrate:main',
            'fairmot-check = fairmot_ros.cli.check:main',
            'fairmot-convert = fairmot_ros.cli.convert:main',
            'fairmot-demo = fairmot_ros.cli.demo:main',
            'fairmot-drift = fairmot_ros.cli.drift:main',
            'fairmot-similarity = fairmot_ros.cli.similarity:main',
            'fairmot-evaluate = fairmot_ros.cli.evaluate:main',
            'fairmot-export = fairmot_ros.cli.export:main',
            'fairmot-identities = fairmot_ros.cli.identities:main',
            'fairmot-import = fairmot_ros.cli.import_network:main',
            'fairmot-mot2bag = fairmot_ros.cli.mot2bag:main',
            'fairmot-pack = fairmot_ros.cli.pack:main',
            'fairmot-person-bank = fairmot_ros.cli.person_bank:main',
            'fairmot-score = fairmot_ros.cli.score:main',
            'fairmot-teach = fairmot_ros.cli.teach:main',
            'fairmot-track = fairmot_ros.cli.track:main',
            'fairmot-train = fairmot_ros.cli.train:main',
            'fairmot-tune = fairmot_ros.cli.tune:main',
        ]
    },
)
