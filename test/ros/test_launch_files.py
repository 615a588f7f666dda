"""What the launch files offer, and the processes that they would start."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip('launch_ros', reason='needs launch_ros, which is not on PyPI')
from launch import LaunchContext, LaunchDescription
from launch.actions import DeclareLaunchArgument, ExecuteProcess, OpaqueFunction
from launch.launch_description_sources import PythonLaunchDescriptionSource
from launch_ros.actions import Node

LAUNCH = Path(__file__).parents[2] / 'launch'
FILES = sorted(path.name for path in LAUNCH.glob('*.launch.py'))


def load(name: str) -> LaunchDescription:
    return PythonLaunchDescriptionSource(str(LAUNCH / name)).get_launch_description(
        LaunchContext())


def context_with(description: LaunchDescription, **values: str) -> LaunchContext:
    context = LaunchContext()
    context.launch_configurations.update(values)
    for entity in description.entities:
        if isinstance(entity, DeclareLaunchArgument) and entity.name not in values:
            entity.execute(context)
    return context


@pytest.mark.parametrize('name', FILES)
def test_every_argument_is_described_and_declared_once(name: str) -> None:
    arguments = [e for e in load(name).entities if isinstance(e, DeclareLaunchArgument)]
    assert arguments
    assert all(len(argument.description) > 10 for argument in arguments)
    names = [argument.name for argument in arguments]
    assert len(names) == len(set(names))


def test_the_tracker_gets_what_was_given() -> None:
    description = load('fairmot.launch.py')
    context = context_with(description, image='/camera/image', name='people', namespace='robot')
    nodes = [e for e in description.entities if isinstance(e, Node) and
             (e.condition is None or e.condition.evaluate(context))]
    assert [node.node_executable for node in nodes] == ['fairmot_node']  # no RViz unasked
    nodes[0]._perform_substitutions(context)
    assert nodes[0].node_name == '/robot/people'
    assert ('image', '/camera/image') in nodes[0].expanded_remapping_rules


def test_each_camera_has_its_input() -> None:
    description = load('multi_camera.launch.py')
    context = context_with(description, cameras='front, rear', image='image_raw')
    function = next(e for e in description.entities if isinstance(e, OpaqueFunction))
    (node,) = function.execute(context)
    node._perform_substitutions(context)
    assert node.expanded_remapping_rules == [
        ('front/image', 'front/image_raw'), ('rear/image', 'rear/image_raw')]


def test_a_bag_is_recorded_only_on_request() -> None:
    description = load('replay.launch.py')
    for record, expected in (('', 0), ('out', 1)):
        context = context_with(description, bag='b', record=record)
        processes = [
            e for e in description.entities
            if type(e) is ExecuteProcess and e.condition.evaluate(context)
        ]
        assert len(processes) == expected
