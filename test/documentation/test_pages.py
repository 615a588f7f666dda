# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Generated pages are up to date, and each sentence of the log has an entry."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from documentation.endpoints import NODES
from documentation.executables import node_modules
from documentation.log_sentences import log_sentences
from documentation.messages_page import messages_page

DOCS = Path(__file__).resolve().parents[2] / 'docs'
ENTRY = re.compile(r'^### (`+)(?P<sentence>.+?)\1\n\n(?P<text>[^#\n])', re.MULTILINE)


def test_every_sentence_of_the_log_has_an_entry() -> None:
    text = (DOCS / 'troubleshooting.md').read_text()
    entries = [match['sentence'].strip() for match in ENTRY.finditer(text)]
    assert set(entries) == log_sentences(), 'docs/troubleshooting.md: one entry per sentence'
    assert len(entries) == len(set(entries)) == len(re.findall('^### ', text, re.MULTILINE))


def test_sentences_are_read_from_all_layers() -> None:
    sentences = log_sentences()
    assert 'the clock jumped: dropping all tracks' in sentences  # a node
    assert 'engine … would be faster, but …: using …' in sentences  # the module logging
    assert 'time jumped to … s: dropping all tracks' in sentences  # passed on by a variable


def test_messages_are_up_to_date() -> None:
    assert (DOCS / 'messages.md').read_text() == messages_page(), 'run: python -m documentation'


def test_every_node_is_described() -> None:
    assert list(NODES) == list(node_modules())


def test_every_value_of_the_diagnostics_is_described() -> None:
    pytest.importorskip('rclpy', reason='needs ROS 2')
    from fairmot_ros.ros.health.diagnostics import active_status
    from fairmot_ros.ros.health.statistics import StatisticsSnapshot

    status = active_status(
        'fairmot', '', StatisticsSnapshot(last_error='x'), '/image', 'model', []
    )
    page = (DOCS / 'nodes.md').read_text()
    assert [v.key for v in status.values if f'| `{v.key}` |' not in page] == []


@pytest.mark.ros
@pytest.mark.slow
def test_nodes_are_up_to_date() -> None:
    pytest.importorskip('rclpy', reason='needs ROS 2')
    from documentation.nodes_page import nodes_page, read_graphs

    page = (DOCS / 'nodes.md').read_text()
    assert page == nodes_page(read_graphs()), 'run: python -m documentation'


@pytest.mark.ros
@pytest.mark.slow
def test_security_policies_are_up_to_date() -> None:
    pytest.importorskip('rclpy', reason='needs ROS 2')
    from documentation.nodes_page import read_graphs
    from documentation.security_policies import FOLDER, policies

    shipped = {path.name: path.read_text() for path in FOLDER.iterdir()}
    assert shipped == policies(read_graphs()), 'run: python -m documentation'
