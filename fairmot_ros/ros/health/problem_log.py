# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Log of problems: each is logged when it begins, not as long as it lasts."""

from __future__ import annotations

import re
from collections.abc import Iterable

from rclpy.impl.rcutils_logger import RcutilsLogger

#: A number that is not a part of a name: /camera_1/image and /camera_2/image are different.
NUMBER = re.compile(r'(?<![\w/.])\d+(\.\d+)?(?![\w/])')


class ProblemLog:
    """Logs the new ones among the problems of a source, such as a camera."""

    def __init__(self, logger: RcutilsLogger) -> None:
        """Log to `logger`."""
        self._logger = logger
        self._lasting: dict[str, set[str]] = {}

    def update(self, source: str, problems: Iterable[str]) -> None:
        """Log the problems that the last call for this source did not have.

        Args:
            source: name of the source, '' if there is only one.
            problems: one sentence each; two that differ only in numbers are the same problem.
        """
        lasting = self._lasting.get(source, set())
        now = {NUMBER.sub('', text): text for text in problems}
        self._lasting[source] = set(now)
        for kind, text in now.items():
            if kind not in lasting:
                self._logger.warning(f'{source}: {text}' if source else text)
