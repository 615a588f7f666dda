# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Nodes and commands that cannot start, or are interrupted during their start."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytest.importorskip('rclpy', reason='needs ROS 2')
from diagnostic_msgs.msg import DiagnosticStatus
from lifecycle_msgs.msg import State, Transition
from lifecycle_msgs.srv import ChangeState, GetState
from peers import TIMEOUT, NodeStarter, Peer

from fairmot_ros.ros.tools.node_processes import NodeProcess, python_module

NODES = (
    'nodes.fairmot_node',
    'nodes.detection_tracker_node',
    'tools.player_node',
    'tools.recorder_node',
    'tools.replay_node',
)
USAGE_ERROR = 2


def last_line(node: NodeProcess) -> str:
    """Wait for the end of a node that cannot start; return the last line of its output."""
    assert node.process.wait(TIMEOUT) == USAGE_ERROR, node.last_lines(100)
    output = node.last_lines(100)
    assert 'Traceback' not in output
    return output.splitlines()[-1]


def wait_until(condition, process: subprocess.Popen, what: str) -> None:
    end = time.monotonic() + TIMEOUT
    while not condition():
        assert process.poll() is None, f'the process ended before {what}'
        assert time.monotonic() < end, f'timeout: {what}'
        time.sleep(0.01)


def is_importing(process: subprocess.Popen) -> bool:
    """Return whether a process has loaded NumPy's library, which is imported first."""
    try:
        return '_multiarray_umath' in Path(f'/proc/{process.pid}/maps').read_text()
    except OSError:
        return False


def is_running(process_id: str) -> bool:
    """Return whether a process exists; where init reaps no children, it stays as a zombie."""
    try:
        return Path(f'/proc/{process_id}/stat').read_text().rpartition(')')[2].split()[0] != 'Z'
    except OSError:
        return False


# -- weights ---------------------------------------------------------------------------------


def unusable(kind: str, folder: Path) -> tuple[str, str]:
    """Return the path of unusable weights, and the expected message."""
    if kind == 'opcodes':
        path = folder / 'model.pth'
        path.write_bytes(b'a.')  # a pickle that pops from an empty stack
        return str(path), f'{path} is not a readable torch checkpoint'
    if kind == 'unreadable':  # even for the superuser
        return '/proc/self/mem', '/proc/self/mem is not a readable torch checkpoint'
    if kind == 'no home':
        return '~nobody_of_that_name/a.pth', 'no weights at ~nobody_of_that_name/a.pth'
    path = folder / ('x' * 300 + kind)
    return str(path), 'File name too long'


@pytest.mark.parametrize('kind', ['opcodes', 'unreadable', 'no home', '.onnx'])
def test_unusable_weights_are_reported_in_one_line(
    kind: str, start: NodeStarter, tmp_path: Path
) -> None:
    weights, message = unusable(kind, tmp_path)
    node = start('nodes.fairmot_node', {'weights': weights})
    assert last_line(node) == 'error: the node could not be started; see the error above'
    (line,) = [text for text in node.last_lines(100).splitlines() if 'cannot configure' in text]
    assert message in line
    assert weights in line


@pytest.mark.parametrize(
    ('module', 'parameters', 'transition', 'message'),
    [
        ('nodes.fairmot_node', {'weights': '/none.pth'}, 'configure', 'no weights at /none.pth'),
        (
            'nodes.detection_tracker_node',
            {'qos_overrides./detections.subscription.depth': 'a'},
            'activate',
            "'qos_overrides./detections.subscription.depth' to 'a' of type 'STRING'",
        ),
    ],
)
def test_failed_transition_is_explained_in_log_and_diagnostics(
    module: str,
    parameters: dict,
    transition: str,
    message: str,
    peer: Peer,
    start: NodeStarter,
) -> None:
    def change(number: int) -> bool:
        request = Transition(id=number)
        return peer.call(ChangeState, f'{name}/change_state', transition=request).success

    diagnostics = peer.subscribe_to_diagnostics()
    node = start(module, {'autostart': False, **parameters})
    name = {'nodes.fairmot_node': 'fairmot'}.get(module, 'detection_tracker')
    configured = change(Transition.TRANSITION_CONFIGURE)
    if transition == 'activate':
        assert configured
        assert not change(Transition.TRANSITION_ACTIVATE)
    else:
        assert not configured

    def newest() -> DiagnosticStatus:
        return diagnostics[-1].status[0] if diagnostics else DiagnosticStatus()

    peer.wait(lambda: message in newest().message, 'the reason in the diagnostics')
    assert newest().level == DiagnosticStatus.ERROR
    assert newest().message.startswith(f'cannot {transition}: ')
    output = node.last_lines(100)
    assert f'cannot {transition}: ' in output
    assert message in output
    assert 'Traceback' not in output
    state = peer.call(GetState, f'{name}/get_state').current_state.id
    if transition == 'activate':
        assert state == State.PRIMARY_STATE_INACTIVE
        assert change(Transition.TRANSITION_CLEANUP)
        peer.wait(lambda: newest().message == 'not active', 'the error to end')
        assert newest().level == DiagnosticStatus.OK
    else:
        assert state == State.PRIMARY_STATE_UNCONFIGURED
    assert node.stop() == 0


# -- parameters ------------------------------------------------------------------------------


def run_node(module: str, *arguments: str, **variables: str | None) -> tuple[int, str]:
    """Run a node with ROS arguments to its end; return the exit code and the last line."""
    environment = {**os.environ, **{k: v for k, v in variables.items() if v is not None}}
    for name in (name for name, value in variables.items() if value is None):
        environment.pop(name, None)
    done = subprocess.run(
        [*python_module(f'fairmot_ros.ros.{module}'), '--ros-args', *arguments],
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=TIMEOUT,
    )
    assert 'Traceback' not in done.stdout
    return done.returncode, done.stdout.splitlines()[-1]


@pytest.mark.parametrize('module', NODES)
def test_unreadable_parameter_file_is_reported_in_one_line(
    module: str, environment: dict[str, str], tmp_path: Path
) -> None:
    broken = tmp_path / 'broken.yaml'
    broken.write_text('/**:\n  ros__parameters:\n    weights: [1\n')
    for path in (tmp_path / 'none.yaml', broken):
        code, line = run_node(module, '--params-file', str(path))
        assert code == USAGE_ERROR
        assert line.startswith('error: ')
        assert str(path) in line


@pytest.mark.parametrize(
    ('module', 'given', 'example'),
    [
        ('nodes.detection_tracker_node', 'class_thresholds:=[1, 0]', '[0.5, 0.4]'),
        ('nodes.detection_tracker_node', 'cameras:=[1, 0]', "['front']"),
        ('nodes.detection_tracker_node', 'autostart:=1', 'true'),
        ('tools.player_node', 'max_frames:=1.5', '3'),
        ('tools.recorder_node', 'frame_rate:=7', '3.0'),
        ('tools.replay_node', 'bag:=7', '"\'1\'"'),
    ],
)
def test_error_about_a_wrong_type_shows_an_example(
    module: str, given: str, example: str, environment: dict[str, str]
) -> None:
    code, line = run_node(module, '-p', given)
    assert code == USAGE_ERROR
    assert line.startswith(f"error: Trying to set parameter '{given.partition(':')[0]}'")
    assert line.endswith(f'; write it like {example}')


def test_wrong_type_of_use_sim_time_is_reported_in_one_line(environment: dict[str, str]) -> None:
    code, line = run_node('nodes.detection_tracker_node', '-p', 'use_sim_time:=3')
    assert code == USAGE_ERROR
    assert line.startswith("error: Trying to set parameter 'use_sim_time' to '3'")


def test_qos_overrides_without_effect_are_logged(start: NodeStarter, peer: Peer) -> None:
    node = start(
        'nodes.detection_tracker_node',
        {
            'qos_overrides./front/people.subscription.depth': 2,
            'qos_overrides./front/people.subscription.reliabilty': 'reliable',
            'qos_overrides./detections.subscription.durability': 'volatile',
        },
        {'detections': '/front/people'},
    )
    peer.wait(lambda: 'without effect' in node.last_lines(20), 'the warning')
    (line,) = [text for text in node.last_lines(20).splitlines() if 'without effect' in text]
    prefix = 'qos_overrides./front/people.subscription.'
    assert f'people.subscription.reliabilty (did you mean {prefix}reliability?)' in line
    assert f'./detections.subscription.durability (did you mean {prefix}durability?)' in line
    assert 'subscription.depth' not in line
    assert line.endswith('overrides name a subscription by its topic after remapping')


# -- folders ---------------------------------------------------------------------------------


def test_error_about_an_unwritable_log_folder_names_the_variable(
    environment: dict[str, str],
) -> None:
    code, line = run_node('nodes.detection_tracker_node', HOME=os.devnull, ROS_LOG_DIR=None)
    assert code == USAGE_ERROR
    assert line.startswith('error: ')
    assert line.endswith('set ROS_LOG_DIR to a writable folder')


@pytest.mark.parametrize('home', [None, os.devnull])
def test_node_starts_without_a_home_folder(
    home: str | None, environment: dict[str, str], tmp_path: Path
) -> None:
    variables = {**environment, 'XDG_CACHE_HOME': ''}
    del variables['HOME']
    if home is None:
        del variables['ROS_LOG_DIR']  # the logs are in the user's folder
        module = 'nodes.detection_tracker_node'
    else:
        variables['HOME'] = home
        module = 'nodes.fairmot_node'
    node = NodeProcess(module, f'fairmot_ros.ros.{module}', variables, tmp_path / 'node.log')
    try:
        wait_until(lambda: 'subscribed to' in node.last_lines(20), node.process, 'the start')
    finally:
        code = node.stop()
    assert code == 0
    assert 'Traceback' not in node.last_lines(100)


# -- signals ---------------------------------------------------------------------------------


@pytest.mark.parametrize('number', [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize('module', NODES)
def test_signal_during_the_imports_ends_a_node_with_exit_code_0(
    module: str, number: signal.Signals, start: NodeStarter
) -> None:
    node = start(module)
    wait_until(lambda: is_importing(node.process), node.process, 'the imports')
    node.process.send_signal(number)
    assert node.process.wait(TIMEOUT) == 0
    assert node.last_lines(20) == ''


def start_command(name: str, *arguments: object, folder: Path) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, '-m', f'fairmot_ros.cli.{name}', *map(str, arguments)],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,  # as in a shell: Ctrl-C reaches the child processes as well
    )


@pytest.mark.parametrize(
    ('name', 'number'),
    [
        ('demo', signal.SIGINT),
        ('evaluate', signal.SIGTERM),
        ('train', signal.SIGINT),
        ('bag2mot', signal.SIGTERM),
    ],
)
def test_ctrl_c_or_sigterm_during_the_imports_ends_a_command_with_one_line(
    name: str, number: signal.Signals, environment: dict[str, str], tmp_path: Path
) -> None:
    command = start_command(name, '--help', folder=tmp_path)
    wait_until(lambda: is_importing(command), command, 'the imports')
    os.killpg(command.pid, number)
    output, _ = command.communicate(timeout=TIMEOUT)
    assert (command.returncode, output) == (130, f'{name}: interrupted\n')


def test_ctrl_c_while_nodes_start_ends_them_and_the_demo(
    environment: dict[str, str], tmp_path: Path
) -> None:
    command = start_command('demo', '--output', tmp_path / 'out', folder=tmp_path)
    children = Path(f'/proc/{command.pid}/task/{command.pid}/children')
    wait_until(lambda: len(children.read_text().split()) == 3, command, 'the nodes')
    nodes = children.read_text().split()
    os.killpg(command.pid, signal.SIGINT)
    output, _ = command.communicate(timeout=TIMEOUT)
    assert command.returncode == 130
    assert output.splitlines()[-1] == 'fairmot-demo: interrupted'
    assert 'Traceback' not in output
    assert not any(Path(f'/proc/{node}').exists() for node in nodes)


def test_nodes_end_when_the_demo_is_killed(environment: dict[str, str], tmp_path: Path) -> None:
    command = start_command('demo', '--output', tmp_path / 'out', folder=tmp_path)
    children = Path(f'/proc/{command.pid}/task/{command.pid}/children')
    wait_until(lambda: len(children.read_text().split()) == 3, command, 'the nodes')
    nodes = children.read_text().split()
    command.kill()
    command.wait(TIMEOUT)
    end = time.monotonic() + TIMEOUT
    while any(map(is_running, nodes)):
        assert time.monotonic() < end, 'a node goes on'
        time.sleep(0.1)


# -- files in the current folder --------------------------------------------------------------


def test_files_in_the_current_folder_are_not_executed(
    environment: dict[str, str], tmp_path: Path
) -> None:
    mark = tmp_path / 'executed'
    folder = tmp_path / 'downloads'
    folder.mkdir()
    for module in ('rclpy', 'cv2', 'numpy', 'torch', 'openvino', 'rosbags', 'runpy'):
        # `python -m` takes runpy from the current folder before anything of this package runs.
        if module != 'runpy' or sys.version_info >= (3, 11):
            (folder / f'{module}.py').write_text(f'open({str(mark)!r}, "a").write(__name__)\n')
    safe = {'PYTHONSAFEPATH': '1'} if sys.version_info >= (3, 11) else {}
    clip = Path(__file__).resolve().parents[2] / 'fairmot_ros/data/pedestrians.mp4'
    for name, *arguments in (
        ('demo', '--video', str(clip), '--max-frames', '4', '--output', 'out'),
        ('mot2bag', str(clip), 'bag', '--max-images', '4'),
        ('evaluate', 'bag', '--rate', '2', '--no-offline', '--output', 'report'),
    ):
        done = subprocess.run(
            [sys.executable, '-m', f'fairmot_ros.cli.{name}', *arguments],
            cwd=folder,
            env={**os.environ, **safe},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=240,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        assert not mark.exists(), mark.read_text()
