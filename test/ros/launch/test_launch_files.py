# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Launch files: their arguments, and the processes that they start."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
import yaml

pytest.importorskip('launch_ros', reason='needs launch_ros, which is not on PyPI')
from launch import LaunchContext, LaunchDescription
from launch.actions import DeclareLaunchArgument, ExecuteProcess, OpaqueFunction
from launch.launch_description_sources import PythonLaunchDescriptionSource
from launch.utilities import perform_substitutions
from launch_ros.actions import Node

LAUNCH = Path(__file__).parents[3] / 'launch'
FILE = str(LAUNCH.parent / 'config' / 'fairmot.yaml')
FILES = sorted(path.name for path in LAUNCH.glob('*.launch.py'))


@pytest.fixture
def share(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a share folder with the files of this tree, beside an RViz that does nothing."""
    index = tmp_path / 'share' / 'ament_index' / 'resource_index' / 'packages'
    index.mkdir(parents=True)
    (index / 'fairmot_ros').touch()
    (index / 'rviz2').touch()
    (tmp_path / 'lib' / 'rviz2').mkdir(parents=True)
    (tmp_path / 'lib' / 'rviz2' / 'rviz2').touch(mode=0o755)
    folder = tmp_path / 'share' / 'fairmot_ros'
    folder.mkdir()
    (folder / 'rviz').symlink_to(LAUNCH.parent / 'rviz')
    before = os.environ.get('AMENT_PREFIX_PATH', '')
    monkeypatch.setenv('AMENT_PREFIX_PATH', f'{tmp_path}{os.pathsep}{before}')
    return folder


def load(name: str) -> LaunchDescription:
    return PythonLaunchDescriptionSource(str(LAUNCH / name)).get_launch_description(
        LaunchContext()
    )


def context_with(description: LaunchDescription, **values: str) -> LaunchContext:
    context = LaunchContext()
    context.launch_configurations.update(values)
    for entity in description.entities:
        if isinstance(entity, DeclareLaunchArgument) and entity.name not in values:
            entity.execute(context)
    return context


def start_nodes(description: LaunchDescription, context: LaunchContext) -> list[Node]:
    """Return the nodes created with the arguments in the context."""
    (function,) = (e for e in description.entities if isinstance(e, OpaqueFunction))
    nodes = function.execute(context)
    for node in nodes:
        node._perform_substitutions(context)
    return nodes


@pytest.mark.parametrize('name', FILES)
def test_every_argument_has_a_description_and_is_declared_once(name: str) -> None:
    arguments = [e for e in load(name).entities if isinstance(e, DeclareLaunchArgument)]
    assert arguments
    assert all(len(argument.description) > 10 for argument in arguments)
    names = [argument.name for argument in arguments]
    assert len(names) == len(set(names))


def test_arguments_are_passed_to_the_tracker() -> None:
    description = load('fairmot.launch.py')
    context = context_with(description, image='/camera/image', name='people', namespace='robot')
    rviz = [e for e in description.entities if isinstance(e, Node)]
    assert not rviz[0].condition.evaluate(context), 'RViz is started only on request'
    (node,) = start_nodes(description, context)
    assert node.node_name == '/robot/people'
    assert ('image', '/camera/image') in node.expanded_remapping_rules


def parameters_of(node: Node) -> tuple[str, dict[str, Any]]:
    """Return the parameter file and the parameters that take precedence over it."""
    file, values = [argument for argument, _ in node._Node__expanded_parameter_arguments]
    text = Path(values).read_text().replace('!!python/tuple', '')  # ignored by rcl
    return str(file), next(iter(yaml.safe_load(text).values()))['ros__parameters']


@pytest.mark.parametrize('name', ['fairmot.launch.py', 'multi_camera.launch.py'])
def test_given_arguments_override_the_file(name: str, tmp_path: Path) -> None:
    mine = tmp_path / 'mine.yaml'
    mine.write_text('/**: {ros__parameters: {device: cpu}}')
    description = load(name)
    context = context_with(
        description, weights='/a b.pth', device='', cameras='front', params_file=str(mine)
    )
    (node,) = start_nodes(description, context)
    file, parameters = parameters_of(node)
    assert file == str(mine)
    assert parameters.pop('weights') == '/a b.pth'
    assert parameters.pop('use_sim_time') is False
    assert set(parameters) <= {'cameras'}


@pytest.mark.parametrize(('given', 'expected'), [('true', {'with_embeddings': True}), ('', {})])
def test_detections_are_passed_to_the_tracker(given: str, expected: dict) -> None:
    description = load('detection_tracker.launch.py')
    context = context_with(
        description, detections='/yolo', with_embeddings=given, params_file=FILE
    )
    (node,) = start_nodes(description, context)
    assert node.node_name == '/detection_tracker'
    assert node.node_executable == 'detection_tracker_node'
    assert ('detections', '/yolo') in node.expanded_remapping_rules
    assert parameters_of(node) == (FILE, {'use_sim_time': False, **expected})


@pytest.mark.parametrize(('given', 'expected'), [('/a/b.db', {'store': '/a/b.db'}), ('', {})])
def test_store_is_passed_to_the_identities_node(given: str, expected: dict) -> None:
    description = load('identities.launch.py')
    context = context_with(description, store=given, namespace='site', params_file=FILE)
    (node,) = start_nodes(description, context)
    assert node.node_name == '/site/fairmot_identities'
    assert node.node_executable == 'fairmot_identities'
    assert parameters_of(node) == (FILE, {'use_sim_time': False, **expected})


@pytest.mark.parametrize(
    ('given', 'expected'),
    [
        ('', {}),
        ('compressed', {'image_transport': 'compressed'}),
        ('rear:raw', {'image_transports': ['rear: raw']}),
    ],
)
def test_each_camera_may_have_an_image_transport(given: str, expected: dict) -> None:
    description = load('multi_camera.launch.py')
    context = context_with(
        description, cameras='front,rear', image_transport=given, params_file=FILE
    )
    (node,) = start_nodes(description, context)
    _, parameters = parameters_of(node)
    assert parameters == {'cameras': ['front', 'rear'], 'use_sim_time': False, **expected}


def test_rviz_shows_all_cameras(share: Path) -> None:
    description = load('multi_camera.launch.py')
    context = context_with(
        description,
        cameras='front,rear',
        namespace='robot',
        name='people',
        frame='odom',
        rviz='true',
        params_file=FILE,
    )
    _, view = start_nodes(description, context)
    command = [perform_substitutions(context, part) for part in view.cmd[:5]]
    configuration, frame = (command[command.index(option) + 1] for option in ('-d', '-f'))
    assert frame == 'odom'
    displays = yaml.safe_load(Path(configuration).read_text())['Visualization Manager']['Displays']
    topics = {display['Topic']['Value'] for display in displays if 'Topic' in display}
    assert {'/robot/people/front/image_annotated', '/robot/people/rear/markers'} <= topics


def test_input_topics_of_each_camera_are_remapped() -> None:
    description = load('multi_camera.launch.py')
    context = context_with(description, cameras='front, rear', image='image_raw')
    (node,) = start_nodes(description, context)
    assert {
        ('front/image', 'front/image_raw'),
        ('rear/image', 'rear/image_raw'),
        ('rear/camera_info', 'rear/camera_info'),
    } <= set(node.expanded_remapping_rules)


def test_results_are_recorded_only_on_request() -> None:
    description = load('replay.launch.py')
    for record, expected in (('', 0), ('out', 1)):
        context = context_with(description, bag='b', record=record)
        commands = [
            [perform_substitutions(context, part) for part in e.cmd]
            for e in description.entities
            if type(e) is ExecuteProcess and (e.condition is None or e.condition.evaluate(context))
        ]
        assert [command[1] for command in commands].count('bag') == expected
        assert ['ros2', 'topic', 'echo', '--once'] in [command[:4] for command in commands]


def test_every_launch_file_is_also_started() -> None:
    tests = LAUNCH.parent / 'test' / 'system'
    stems = [name.removesuffix('.launch.py') for name in FILES]
    assert [s for s in stems if not (tests / f'test_launch_{s}.py').is_file()] == []
