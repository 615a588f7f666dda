# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0

from __future__ import annotations

import pytest

pytest.importorskip('rclpy', reason='needs ROS 2')
from fairmot_ros.ros.health.problem_log import ProblemLog


class CollectingLogger:
    """Logger that keeps warnings."""

    def __init__(self) -> None:
        self.warnings: list[str] = []

    def warning(self, text: str) -> None:
        self.warnings.append(text)


@pytest.fixture
def logger() -> CollectingLogger:
    return CollectingLogger()


@pytest.fixture
def log(logger: CollectingLogger) -> ProblemLog:
    return ProblemLog(logger)  # type: ignore[arg-type]


def test_problem_is_logged_when_it_begins_and_when_it_returns(
    log: ProblemLog, logger: CollectingLogger
) -> None:
    for problems in (['dark'], ['dark'], [], [], ['dark']):
        log.update('', problems)
    assert logger.warnings == ['dark', 'dark']


def test_growing_numbers_are_the_same_problem(log: ProblemLog, logger: CollectingLogger) -> None:
    for count in range(3, 9):
        log.update('', [f'the last {count} messages took {count / 7:.2f} s'])
    assert logger.warnings == ['the last 3 messages took 0.43 s']


def test_numbers_in_names_tell_problems_apart(log: ProblemLog, logger: CollectingLogger) -> None:
    problems = [f'two publishers on /camera_{n}/image' for n in (1, 2)]
    log.update('', problems[:1])
    log.update('', problems)
    assert logger.warnings == problems


def test_problems_of_several_sources_are_told_apart(
    log: ProblemLog, logger: CollectingLogger
) -> None:
    for camera in ('front', 'rear', 'front'):
        log.update(camera, ['dark', 'late'])
    assert logger.warnings == ['front: dark', 'front: late', 'rear: dark', 'rear: late']
