# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Failing transitions and failing node construction; run by test_separate_processes.py."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator

import pytest

pytest.importorskip('rclpy', reason='needs ROS 2')
import rclpy
from private_domain import enter_private_domain
from rclpy.lifecycle import TransitionCallbackReturn
from rclpy.node import Node

from fairmot_ros.ros.nodes.detection_tracker_node import DetectionTrackerNode
from fairmot_ros.ros.nodes.run_node import run_node
from fairmot_ros.ros.processing.received_detections import ReceivedDetections
from fairmot_ros.ros.tools.recorder_node import RecorderNode
from fairmot_ros.ros.tools.replay_node import ReplayNode
from fairmot_ros.starting import ExitCode

pytestmark = pytest.mark.ros
OK = TransitionCallbackReturn.SUCCESS
FAILURE = TransitionCallbackReturn.FAILURE
ERROR = TransitionCallbackReturn.ERROR


@pytest.fixture(autouse=True)
def ros() -> Iterator[None]:
    """Enter the private ROS domain of this process, which outlives the participants."""
    enter_private_domain()
    yield
    rclpy.try_shutdown()


class FailingNode(DetectionTrackerNode):
    """Raises an error once, in the given transition."""

    def __init__(self, step: str, error: Exception) -> None:
        self.step, self.error = '', error
        super().__init__()
        self.step = step

    def fail_in(self, step: str) -> None:
        if self.step == step:
            self.step = ''  # once: `on_error` must be able to clean up
            raise self.error

    def load(self) -> ReceivedDetections:
        self.fail_in('configure')
        return super().load()

    def _subscribe(self, camera):
        self.fail_in('activate')
        return super()._subscribe(camera)

    def _stop(self) -> None:
        self.fail_in('deactivate')
        super()._stop()

    def _release(self) -> None:
        self.fail_in('cleanup')
        super()._release()


ORDER = ('configure', 'activate', 'deactivate', 'cleanup')


@pytest.mark.parametrize('step', [*ORDER, 'shutdown'])
@pytest.mark.parametrize(
    ('error', 'outcome', 'reason'),
    [
        (ValueError('no such file'), FAILURE, 'no such file'),
        (PermissionError(13, 'Permission denied', 'a.pth'), FAILURE, 'Permission denied'),
        (MemoryError('no 8 GB'), FAILURE, 'out of memory (no 8 GB): end other processes'),
        (KeyError('odd'), ERROR, "KeyError: 'odd'"),
        (RuntimeError('odd'), ERROR, 'RuntimeError: odd'),
        (AssertionError(), ERROR, 'AssertionError'),
    ],
)
def test_every_transition_reports_its_exception(
    step: str,
    error: Exception,
    outcome: TransitionCallbackReturn,
    reason: str,
    capfd: pytest.CaptureFixture,
) -> None:
    rclpy.init()
    node = FailingNode('deactivate' if step == 'shutdown' else step, error)
    for before in ORDER[: ORDER.index(step) if step != 'shutdown' else 2]:
        assert getattr(node, f'trigger_{before}')() == OK
        assert node.transition_error == ''
    result = getattr(node, f'trigger_{step}')()
    assert result == outcome
    assert node.transition_error.startswith(f'cannot {step}: ')
    assert reason in node.transition_error
    output = capfd.readouterr().err
    assert node.transition_error in output
    assert ('Traceback' in output) == (outcome == ERROR)
    node.destroy_node()


def test_successful_transition_clears_the_error() -> None:
    rclpy.init()
    node = FailingNode('configure', ValueError('no such file'))
    assert not node.autostart()
    assert node.transition_error
    assert node.autostart()
    assert node.transition_error == ''
    node.destroy_node()


def run_here(make_node: Callable[[], Node]) -> int:
    """Run a node in this process, and restore the handler of SIGINT, which is ignored then."""
    handler = signal.getsignal(signal.SIGINT)
    try:
        return run_node(make_node, args=[])
    finally:
        signal.signal(signal.SIGINT, handler)


def with_failing_timer(node: Node, error: BaseException) -> Node:
    """Let a node raise an error while it spins."""

    def fail() -> None:
        raise error

    node.create_timer(0.01, fail)
    return node


def test_interrupt_while_an_error_is_handled_ends_a_node_with_exit_code_0() -> None:
    class InterruptedMessageError(ValueError):
        def __str__(self) -> str:
            raise KeyboardInterrupt

    def make_node() -> Node:
        raise InterruptedMessageError

    assert run_here(make_node) == 0


def test_the_first_error_decides_the_exit_code(capfd: pytest.CaptureFixture) -> None:
    class LateNode(Node):
        def destroy_node(self) -> None:
            super().destroy_node()
            raise OSError('the disk is full')

    assert (
        run_here(lambda: with_failing_timer(LateNode('late'), KeyError('odd')))
        == ExitCode.INTERNAL_ERROR
    )
    assert 'error: the disk is full' in capfd.readouterr().err


def test_lack_of_memory_in_the_executor_ends_a_node_with_one_line(
    capfd: pytest.CaptureFixture,
) -> None:
    assert (
        run_here(lambda: with_failing_timer(Node('greedy'), MemoryError()))
        == ExitCode.INTERNAL_ERROR
    )
    output = capfd.readouterr().err
    assert 'error: out of memory (MemoryError): end other processes' in output
    assert 'Traceback' not in output


@pytest.mark.parametrize(
    ('kind', 'given'),
    [
        (DetectionTrackerNode, 'lost_timeout:=3'),
        (DetectionTrackerNode, 'association:=none'),
        (RecorderNode, 'output:=3'),
        (ReplayNode, 'rate:=fast'),
        (ReplayNode, 'bag:=none'),
    ],
)
def test_node_whose_construction_failed_can_be_destroyed(
    kind: type[Node], given: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From ROS 2 Kilted on, `rclpy.try_shutdown()` destroys such nodes."""
    made: list[Node] = []
    construct = Node.__init__

    def keep_and_construct(self: Node, *arguments: object, **options: object) -> None:
        made.append(self)
        construct(self, *arguments, **options)

    monkeypatch.setattr(Node, '__init__', keep_and_construct)
    rclpy.init(args=['--ros-args', '-p', given])
    with pytest.raises(ValueError, match='must be|Trying to set|no bag'):
        kind()
    (node,) = made
    node.destroy_node()
