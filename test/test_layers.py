# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Imports between layers point downwards, and only the upper layers import ROS."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[1] / 'fairmot_ros'
FILES = sorted(PACKAGE.rglob('*.py'))

# Layers from the bottom up. '' is the package itself, __init__.py, which all layers may import.
LAYERS = (
    '',
    'boxes',
    'starting',
    'memory',
    'files',
    'settings',
    'jobs',
    'types',
    'oldest_versions',
    'spatial',
    'pixels',
    'media',
    'zones',
    'network',
    'tracker',
    'following',
    'detector',
    'pipeline',
    'evaluation',
    'tuning',
    'standalone',
    'identities',
    'training',
    'ros',
    'installation',
    'cli',
)
ROS_LAYERS = ('ros', 'installation', 'cli')
ROS_MODULES = ('rclpy', 'cv_bridge', 'launch', 'launch_ros', 'ament_index_python', 'rosgraph_msgs')
ROS_SUFFIXES = ('_msgs', '_interfaces', '_srvs')  # of message packages


def imported_modules(source: str, package: str) -> Iterator[str]:
    """Yield the full name of each import in a source file, including imports in functions.

    `from a import b` yields a.b, as b may be a module. `package` is the package of the file, to
    resolve relative imports.
    """
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            parts = package.split('.')[: len(package.split('.')) - node.level + 1]
            base = '.'.join([*(parts if node.level else []), *filter(None, [node.module])])
            yield from (f'{base}.{alias.name}' for alias in node.names)


def layer_of(path: Path) -> str:
    name = path.relative_to(PACKAGE).parts[0].removesuffix('.py')
    return '' if name == '__init__' else name


def layer_of_module(name: str) -> str | None:
    """Return the layer of an imported name; None for other packages and for messages."""
    parts = name.split('.')
    if parts[0] != 'fairmot_ros' or parts[1:2] in (['msg'], ['srv']):
        return None
    return parts[1] if len(parts) > 1 and parts[1] in LAYERS else ''


def is_ros(name: str) -> bool:
    top = name.split('.')[0]
    return (
        top in ROS_MODULES
        or top.endswith(ROS_SUFFIXES)
        or name.split('.')[:2] in (['fairmot_ros', 'msg'], ['fairmot_ros', 'srv'])
    )


def broken_rules(layer: str, name: str) -> Iterator[str]:
    """Yield why an import of `name` in `layer` is not allowed."""
    other = layer_of_module(name)
    if other is not None and LAYERS.index(other) > LAYERS.index(layer):
        yield f'{name} is in a layer above {layer}'
    if is_ros(name) and layer not in ROS_LAYERS:
        yield f'{name} belongs to ROS, which {layer} must not import'
    if layer == 'tracker' and (name.split('.')[0] == 'torch' or other == 'network'):
        yield f'{name} imports torch, which the tracker must not import'


@pytest.mark.parametrize('path', FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_follow_the_layers(path: Path) -> None:
    layer = layer_of(path)
    assert layer in LAYERS, f'{path.name} is in no layer: add it to LAYERS'
    package = '.'.join(['fairmot_ros', *path.relative_to(PACKAGE).parts[:-1]])
    names = imported_modules(path.read_text(), package)
    assert [rule for name in names for rule in broken_rules(layer, name)] == []


@pytest.mark.parametrize(
    ('layer', 'source', 'broken'),
    [
        ('tracker', 'from fairmot_ros.types import Track', 0),
        ('tracker', 'from fairmot_ros.detector import Detector', 1),
        ('tracker', 'from fairmot_ros import pipeline', 1),
        ('tracker', 'from fairmot_ros import __version__', 0),
        ('tracker', 'from .. import ros', 1),
        ('tracker', 'from ..detector.decode import decode', 1),
        ('tracker', 'from .kalman import KalmanFilter', 0),
        ('tracker', 'import torch.nn', 1),
        ('tracker', 'def lazily():\n    import torch', 1),
        ('detector', 'import torch', 0),
        ('evaluation', 'import rclpy', 1),
        ('evaluation', 'from fairmot_ros.msg import Track', 1),
        ('evaluation', 'from builtin_interfaces.msg import Time', 1),
        ('ros', 'from fairmot_ros.msg import Track', 0),
        ('ros', 'from fairmot_ros.cli import demo', 1),
        ('cli', 'import rclpy, std_srvs.srv, fairmot_ros.training', 0),
    ],
)
def test_layer_check_finds_violations(layer: str, source: str, broken: int) -> None:
    names = imported_modules(source, f'fairmot_ros.{layer}')
    assert len([rule for name in names for rule in broken_rules(layer, name)]) == broken


LIBRARY = [path for path in FILES if layer_of(path) not in ROS_LAYERS]
COMMAND_LINE_OPTION = re.compile(r'(?<![\w-])--[a-z]')


@pytest.mark.parametrize('path', LIBRARY, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_library_messages_have_no_command_line_options(path: Path) -> None:
    texts = [n.value for n in ast.walk(ast.parse(path.read_text())) if isinstance(n, ast.Constant)]
    named = [t for t in texts if isinstance(t, str) and COMMAND_LINE_OPTION.search(t)]
    assert named == []
