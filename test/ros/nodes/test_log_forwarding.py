# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Log records of the layers without ROS appear in the log of the node."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator

import pytest

pytest.importorskip('rclpy', reason='needs ROS 2')
from rclpy.logging import get_logger

from fairmot_ros.ros.nodes.log_forwarding import PACKAGE, forward_logging


@pytest.fixture(autouse=True)
def restored() -> Iterator[None]:
    """Leave the package's logger as it was."""
    package = logging.getLogger(PACKAGE)
    before = package.handlers, package.level, package.propagate
    yield
    package.handlers, package.level, package.propagate = before


@pytest.mark.parametrize(
    ('level', 'severity'),
    [
        (logging.INFO, 'INFO'),
        (logging.WARNING, 'WARN'),
        (logging.ERROR, 'ERROR'),
        (logging.CRITICAL, 'ERROR'),
    ],
)
def test_records_keep_their_severity(
    level: int, severity: str, capfd: pytest.CaptureFixture
) -> None:
    forward_logging(get_logger('camera'))
    logging.getLogger('fairmot_ros.detector').log(level, 'loaded in %d s', 3)
    output = ''.join(capfd.readouterr())
    assert re.search(rf'\[{severity}\] .*\[camera\]: loaded in 3 s', output), output


def test_debug_messages_and_other_packages_are_not_forwarded(
    capfd: pytest.CaptureFixture,
) -> None:
    forward_logging(get_logger('camera'))
    logging.getLogger('fairmot_ros.detector').debug('a detail')
    logging.getLogger('another_package').warning('not of this package')
    assert '[camera]' not in ''.join(capfd.readouterr())


def test_a_node_that_is_created_again_logs_each_record_once(
    capfd: pytest.CaptureFixture,
) -> None:
    for _ in range(2):
        forward_logging(get_logger('camera'))
    logging.getLogger('fairmot_ros.tracker').warning('once')
    assert ''.join(capfd.readouterr()).count(': once') == 1
