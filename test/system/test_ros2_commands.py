# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""The `ros2` command line with a running tracker: what it shows, and what it changes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

pytest.importorskip('ros2cli', reason='needs ros2cli, which is not on PyPI')
from command_line import Ros2
from peers import NodeStarter

from fairmot_ros.ros.parameters.nodes import FairmotParameters

REPOSITORY = Path(__file__).parents[2]
CLIP = REPOSITORY / 'fairmot_ros' / 'data' / 'pedestrians.mp4'


@pytest.fixture(scope='module')
def ros2(environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ros2]:
    """The command, with a tracker and a camera in its domain."""
    folder = tmp_path_factory.mktemp('ros2')
    command = Ros2(environment, folder)
    start = NodeStarter(environment, folder)
    start('nodes.fairmot_node', {'score_threshold': 0.45})
    start('tools.player_node', {'video': str(CLIP), 'frame_rate': 5.0, 'loop': True})
    try:
        command('topic', 'echo', '--once', '/fairmot/tracks', 'fairmot_ros/msg/TrackArray')
        yield command
    finally:
        command.end()
        start.end()


def documents(output: str) -> list[dict]:
    """Return the messages that `ros2 topic echo` has printed."""
    return [message for message in yaml.safe_load_all(output) if message]


def test_parameters_are_listed_and_described(ros2: Ros2) -> None:
    listed = set(ros2('param', 'list', '/fairmot').split())
    assert set(FairmotParameters.settings()) <= listed
    text = ros2('param', 'describe', '/fairmot', 'score_threshold', 'weights')
    assert 'Type: double' in text and 'Min value: ' in text
    assert FairmotParameters.settings()['score_threshold'].description[:30] in text
    assert 'can be changed while the node is unconfigured' in text


def test_dumped_parameters_are_a_file_that_a_node_reads(ros2: Ros2, tmp_path: Path) -> None:
    dump = tmp_path / 'dump.yaml'
    dump.write_text(ros2('param', 'dump', '/fairmot'))
    values = yaml.safe_load(dump.read_text())['/fairmot']['ros__parameters']
    assert values['score_threshold'] == 0.45
    values['autostart'] = False
    dump.write_text(yaml.safe_dump({'/copy/fairmot': {'ros__parameters': values}}))
    node = ros2.start(
        *('run', 'fairmot_ros', 'fairmot_node', '--ros-args'),
        *('-r', '__ns:=/copy', '--params-file', dump),
    )
    node.wait_for(lambda _: '/copy/fairmot' in ros2('node', 'list').split())
    assert ros2('param', 'get', '/copy/fairmot', 'score_threshold').split()[-1] == '0.45'
    assert 'unconfigured' in ros2('lifecycle', 'get', '/copy/fairmot')
    assert node.interrupt() == 0, node.output


def test_parameters_are_set_within_their_range(ros2: Ros2) -> None:
    assert 'successful' in ros2('param', 'set', '/fairmot', 'score_threshold', '0.5')
    for name, value, reason in (
        ('score_threshold', '7.0', 'range'),
        ('score_threshold', 'high', 'type'),
        ('weights', 'other.pth', 'cannot be changed while the node is configured'),
    ):
        done = ros2.try_('param', 'set', '/fairmot', name, value)
        text = done.stdout + done.stderr
        assert 'failed' in text.lower() and reason in text, text
    assert '0.5' in ros2('param', 'get', '/fairmot', 'score_threshold')


def test_lifecycle_is_shown_and_changed(ros2: Ros2) -> None:
    assert '/fairmot' in ros2('lifecycle', 'nodes').split()
    assert ros2('lifecycle', 'get', '/fairmot').strip() == 'active [3]'
    assert 'deactivate' in ros2('lifecycle', 'list', '/fairmot')
    for transition, state in (('deactivate', 'inactive [2]'), ('activate', 'active [3]')):
        assert 'Transitioning successful' in ros2('lifecycle', 'set', '/fairmot', transition)
        assert ros2('lifecycle', 'get', '/fairmot').strip() == state
    refused = ros2.try_('lifecycle', 'set', '/fairmot', 'configure')
    assert 'Unknown transition requested, available ones are' in refused.stdout + refused.stderr


def test_topics_have_the_documented_types(ros2: Ros2) -> None:
    lines = ros2('topic', 'list', '-t').splitlines()
    types = {name: kind.strip('[]') for name, kind in (line.split() for line in lines)}
    assert types['/image'] == 'sensor_msgs/msg/Image'
    documented = re.findall(
        r'^\| `~/([a-z_0-9/]+)` \| `(\w+)/(\w+)`.*', read_section('Publishes'), re.MULTILINE
    )
    shown = [
        (name, f'{package}/msg/{kind}')
        for name, package, kind in documented
        if f'/fairmot/{name}' in types
    ]
    assert {'detections', 'tracks', 'image_annotated', 'label_info'} <= {n for n, _ in shown}
    assert [(n, types[f'/fairmot/{n}']) for n, _ in shown] == shown


def read_section(heading: str) -> str:
    """Return a section on fairmot_node in docs/nodes.md."""
    text = (REPOSITORY / 'docs' / 'nodes.md').read_text()
    return text.split('## fairmot_node')[1].split(f'**{heading}**')[1].split('**')[0]


def test_topics_show_their_quality_of_service(ros2: Ros2) -> None:
    info = ros2('topic', 'info', '-v', '/fairmot/label_info')
    assert 'Publisher count: 1' in info
    assert 'Durability: TRANSIENT_LOCAL' in info and 'Reliability: RELIABLE' in info
    qos = ('--qos-durability', 'transient_local', '--qos-reliability', 'reliable')
    (message,) = documents(ros2('topic', 'echo', '--once', *qos, '/fairmot/label_info'))
    assert message['class_map'][0]['class_name'] == 'person'


def test_messages_are_printed(ros2: Ros2) -> None:
    (message,) = documents(ros2('topic', 'echo', '--once', '/fairmot/tracks'))
    assert message['header']['frame_id'] == 'camera'
    assert all(int(track['id']) == track['track_id'] for track in message['tracks'])


@pytest.mark.parametrize(
    ('verb', 'pattern'),
    [
        ('hz', r'average rate: [\d.]+'),
        ('bw', r'[\d.]+ K?B/s'),
        ('delay', r'average delay: [\d.]+'),
    ],
)
def test_topics_are_measured(ros2: Ros2, verb: str, pattern: str) -> None:
    measuring = ros2.start('topic', verb, '/fairmot/detections')
    measuring.wait_for(lambda output: re.search(pattern, output))
    measuring.interrupt()
    assert 'Traceback' not in measuring.output


def test_services_are_called(ros2: Ros2) -> None:
    assert ros2('service', 'type', '/fairmot/reset').strip() == 'std_srvs/srv/Trigger'
    text = ros2('service', 'call', '/fairmot/reset', 'std_srvs/srv/Trigger')
    assert 'success=True' in text
    for value in ('false', 'true'):
        text = ros2(
            'service', 'call', '/fairmot/set_enabled', 'std_srvs/srv/SetBool', f'{{data: {value}}}'
        )
        assert 'success=True' in text


def test_the_node_describes_itself(ros2: Ros2) -> None:
    info = ros2('node', 'info', '/fairmot')
    for line in (
        '/image: sensor_msgs/msg/Image',
        '/fairmot/detections: vision_msgs/msg/Detection2DArray',
        '/fairmot/tracks: fairmot_ros/msg/TrackArray',
        '/fairmot/change_state: lifecycle_msgs/srv/ChangeState',
    ):
        assert line in info


def test_interfaces_are_shown_with_their_comments(ros2: Ros2) -> None:
    shown = ros2('interface', 'show', 'fairmot_ros/msg/TrackArray')
    assert 'Track[] tracks' in shown and 'float32[] embedding' in shown
    names = {
        f'fairmot_ros/{path.parent.name}/{path.stem}'
        for folder in ('msg', 'srv')
        for path in (REPOSITORY / folder).glob('*.*')
    }
    assert set(ros2('interface', 'package', 'fairmot_ros').split()) == names


def test_installed_executables_are_those_of_cmake(ros2: Ros2) -> None:
    lines = ros2('pkg', 'executables', 'fairmot_ros').split()
    installed = {name for name in lines if name != 'fairmot_ros'}
    text = (REPOSITORY / 'CMakeLists.txt').read_text()
    assert installed == set(re.findall(r'^install_executable\((\S+) ', text, re.MULTILINE))


@pytest.mark.parametrize('name', sorted(p.name for p in (REPOSITORY / 'launch').glob('*.py')))
def test_arguments_of_launch_files_are_shown(ros2: Ros2, name: str) -> None:
    assert "'params_file':" in ros2('launch', 'fairmot_ros', name, '--show-args')


def test_launched_node_ends_with_ctrl_c(ros2: Ros2) -> None:
    launched = ros2.start(
        *('launch', 'fairmot_ros', 'fairmot.launch.py', 'namespace:=launched', 'image:=/image')
    )
    topic = '/launched/fairmot/detections'
    launched.wait_for(lambda _: topic in ros2('topic', 'list').split())
    ros2('topic', 'echo', '--once', topic)
    assert launched.interrupt() == 0, launched.output
    assert 'process has finished cleanly' in launched.output
    assert 'Traceback' not in launched.output


def test_wrong_weights_are_reported_by_launch(ros2: Ros2, tmp_path: Path) -> None:
    done = ros2.try_(
        *('launch', 'fairmot_ros', 'fairmot.launch.py', 'namespace:=wrong'),
        f'weights:={tmp_path}/none.pth',
    )
    text = done.stdout + done.stderr
    assert 'no weights at' in text and 'process has died' in text
    assert 'Traceback' not in text
