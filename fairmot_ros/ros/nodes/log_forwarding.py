# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Forwarding of Python's logging to the log of a node."""

from __future__ import annotations

import logging

from rclpy.impl.rcutils_logger import RcutilsLogger

PACKAGE = 'fairmot_ros'


class NodeLogHandler(logging.Handler):
    """Logging handler that writes to a node's logger."""

    def __init__(self, logger: RcutilsLogger) -> None:
        super().__init__()
        self._logger = logger

    def emit(self, record: logging.LogRecord) -> None:
        """Log a record with its severity."""
        text = record.getMessage()
        if record.levelno >= logging.ERROR:
            self._logger.error(text)
        elif record.levelno >= logging.WARNING:
            self._logger.warning(text)
        else:
            self._logger.info(text)


def forward_logging(logger: RcutilsLogger) -> None:
    """Send the log records of this package to a node's logger."""
    package = logging.getLogger(PACKAGE)
    package.handlers = [NodeLogHandler(logger)]
    package.setLevel(logging.INFO)
    package.propagate = False
