# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Statuses in `/diagnostics`, and lines in the logs of nodes, that a test waits for."""

from __future__ import annotations

from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus
from peers import Peer

from fairmot_ros.ros.tools.node_processes import NodeProcess

OK, WARN, ERROR = DiagnosticStatus.OK, DiagnosticStatus.WARN, DiagnosticStatus.ERROR


class Statuses:
    """Collects the statuses of one name."""

    def __init__(self, peer: Peer, name: str = 'fairmot: tracking') -> None:
        self.peer, self.name = peer, name
        self._messages: list[DiagnosticArray] = peer.subscribe_to_diagnostics()

    def all(self) -> list[DiagnosticStatus]:
        """Return all statuses so far."""
        return [s for array in self._messages for s in array.status if s.name == self.name]

    def newest(self) -> DiagnosticStatus:
        """Return the newest status, an empty one before the first."""
        found = self.all()
        return found[-1] if found else DiagnosticStatus()

    def value(self, key: str) -> str:
        """Return a value of the newest status, '0' if it has none."""
        return next((v.value for v in self.newest().values if v.key == key), '0')

    def wait(self, words: str, level: bytes) -> DiagnosticStatus:
        """Wait until the newest status contains `words` and has the level."""

        def found() -> DiagnosticStatus | None:
            status = self.newest()
            return status if words in status.message and status.level == level else None

        return self.peer.wait(found, f'{words!r} with level {level!r} in the diagnostics')

    def wait_for_more(self, count: int) -> list[DiagnosticStatus]:
        """Wait for `count` further statuses; return them."""
        before = len(self.all())
        self.peer.wait(lambda: len(self.all()) >= before + count, f'{count} statuses')
        return self.all()[before:]


def logged(node: NodeProcess, words: str) -> int:
    """Return how often the output of a node has some words."""
    return node.log.read_text(errors='replace').count(words)


def wait_for_log(peer: Peer, node: NodeProcess, words: str) -> None:
    """Wait until the output of a node has some words."""
    peer.wait(lambda: logged(node, words), f'{words!r} in the log of {node.name}')
