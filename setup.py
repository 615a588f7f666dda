"""The package for pip; on a real ROS 2, colcon uses CMakeLists.txt and ignores this file.

The messages need the CMake of ROS 2, so the `build` command gets one more step: it runs the same
CMakeLists.txt against the ROS 2 it finds and packs what that installs. `make setup` takes this
way too, as an editable installation.
"""

from __future__ import annotations

import os
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
# Read without importing the package, which needs what is installed here.
OLDEST = runpy.run_path(str(HERE / 'fairmot_ros' / 'oldest_versions.py'))['OLDEST']
INTERFACES = HERE / 'build' / 'interfaces'
THIRD_PARTY = HERE / 'third_party'  # packages of messages, built where ROS has none of that name


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


def provides(prefix: Path, package: str) -> bool:
    """Whether a package is there, other than by an earlier installation of this one."""
    manifest = prefix / 'share' / package / 'package.xml'
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
            raise InterfaceError(f'The messages in {source} could not be built: see above why')


class BuildInterfaces(Command):
    """Build the messages and put everything CMake installs where the wheel takes it from."""

    editable_mode = False
    build_lib: str

    def initialize_options(self) -> None:
        """Start with nothing known, as setuptools asks."""
        self.build_lib = ''

    def finalize_options(self) -> None:
        """Take the folder for Python modules from `build`."""
        self.build_lib = self.get_finalized_command('build').build_lib

    def run(self) -> None:
        """Build in a fresh folder."""
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
        """Add the Python packages: all of them, or those that the source tree does not have.

        The latter leaves out __init__.py. Python then takes the source tree's fairmot_ros, which
        finds the generated modules by extending its path.
        """
        target = self.get_finalized_command('install').install_lib
        for file in modules.rglob('*'):
            name = file.relative_to(modules)
            # An .egg-info would be a second record of this distribution beside pip's.
            if file.is_dir() or file.match('*.egg-info/*') or file.suffix in ('.c', '.pyc'):
                continue
            if self.editable_mode and (HERE / name).exists():
                continue
            copy = Path(target if self.editable_mode else self.build_lib, name)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(file, copy)

    def add_data(self, installed: Path, modules: Path) -> None:
        """Add the rest at its place below the prefix: libraries, ament index, launch files."""
        files: dict[str, list[str]] = {}
        for file in sorted(installed.rglob('*')):
            folder = file.parent.relative_to(installed)
            # Not bin: pip makes the commands from the entry points.
            if file.is_file() and modules not in file.parents and folder.parts[0] != 'bin':
                files.setdefault(str(folder), []).append(os.path.relpath(file, HERE))
        self.distribution.data_files = list(files.items())
        if self.editable_mode:  # setuptools leaves data files out of an editable wheel
            self.run_command('install_data')

    def get_source_files(self) -> list[str]:
        """Name what a source distribution needs."""
        files = [*HERE.glob('msg/*'), *HERE.glob('srv/*'), *HERE.glob('cmake/*')]
        files += [*THIRD_PARTY.glob('**/*'), HERE / 'CMakeLists.txt', HERE / 'package.xml']
        files += [HERE / 'requirements-docs.txt']
        return [os.path.relpath(file, HERE) for file in files if file.is_file()]

    def get_outputs(self) -> list[str]:
        """Name nothing: the folder is packed whole."""
        return []

    def get_output_mapping(self) -> dict[str, str]:
        """Map nothing, for the same reason."""
        return {}


class Build(build):
    """The usual steps and the messages."""

    sub_commands = [*build.sub_commands, ('build_interfaces', None)]  # noqa: RUF012


class BinaryDistribution(Distribution):
    """A distribution whose wheel is for one platform: the messages come with libraries."""

    def has_ext_modules(self) -> bool:
        """Answer yes, though CMake builds them."""
        return True


def requirements(name: str) -> list[str]:
    """Return the packages that a requirements file lists, with their versions."""
    lines = (HERE / name).read_text().splitlines()
    return [line for line in lines if line and not line.startswith(('#', '-'))]


def manifest_text(field: str) -> str:
    """Text of a field of package.xml, where version and description are kept."""
    text = ElementTree.parse(HERE / 'package.xml').findtext(field, '')
    return ' '.join(text.split())


setup(
    name='fairmot_ros',
    version=manifest_text('version'),
    description=manifest_text('description'),
    license=manifest_text('license'),
    maintainer=manifest_text('maintainer'),
    python_requires='>=3.10',
    package_dir={'': '.'},  # named, so that an editable installation is one plain .pth file
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
        f'torch>={OLDEST["torch"]},<=2.13.0',  # newer ones are not tested
        'tqdm',
    ],
    extras_require={
        # ROS 2 itself, for machines without it
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
        # Networks in the form of ONNX: to write it and to run it
        'onnx': ['onnx', 'onnxruntime', 'onnxscript'],
        # Plots of ablations, and a second log of trainings
        'training': ['matplotlib', 'tensorboard'],
        # The documentation's site: `make docs`
        'docs': requirements('requirements-docs.txt'),
    },
    entry_points={
        'console_scripts': [
            'fairmot-ablation = fairmot_ros.cli.ablation:main',
            'fairmot-bag2mot = fairmot_ros.cli.bag2mot:main',
            'fairmot-calibrate = fairmot_ros.cli.calibrate:main',
            'fairmot-check = fairmot_ros.cli.check:main',
            'fairmot-convert = fairmot_ros.cli.convert:main',
            'fairmot-demo = fairmot_ros.cli.demo:main',
            'fairmot-evaluate = fairmot_ros.cli.evaluate:main',
            'fairmot-export = fairmot_ros.cli.export:main',
            'fairmot-import = fairmot_ros.cli.import_network:main',
            'fairmot-mot2bag = fairmot_ros.cli.mot2bag:main',
            'fairmot-pack = fairmot_ros.cli.pack:main',
            'fairmot-person-bank = fairmot_ros.cli.person_bank:main',
            'fairmot-score = fairmot_ros.cli.score:main',
            'fairmot-teach = fairmot_ros.cli.teach:main',
            'fairmot-train = fairmot_ros.cli.train:main',
        ]
    },
)
