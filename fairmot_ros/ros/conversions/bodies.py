# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Identifiers of bodies as in REP 155 (ROS4HRI): unique among nodes, not permanent."""

from __future__ import annotations

import hashlib
import string

LETTERS = 5  # as long as the example of REP 155


def body_prefix(node: str) -> str:
    """Return five letters that stand for a node, always the same for the same name.

    Letters alone, as a level of a topic name must not begin with a digit.

    Args:
        node: fully qualified name, which no other node has.
    """
    number = int.from_bytes(hashlib.sha256(node.encode()).digest(), 'big')
    letters = []
    for _ in range(LETTERS):
        number, letter = divmod(number, len(string.ascii_lowercase))
        letters.append(string.ascii_lowercase[letter])
    return ''.join(letters)


def body_id(node: str, track_id: str) -> str:
    """Return the identifier of a track's body: `<letters>_<n>`, or `<letters>_<camera>_<n>`.

    Args:
        node: fully qualified name of the node.
        track_id: unique within the node: `<n>`, or `<camera>/<n>`.
    """
    return f'{body_prefix(node)}_{track_id.replace("/", "_")}'


def body_frame(body: str) -> str:
    """Return the tf frame of a body."""
    return f'body_{body}'
