# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Fixtures: a private ROS domain, nodes in it, and images of people."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from private_domain import private_environment

from fairmot_ros.cli.shipped_clips import PEDESTRIANS
from fairmot_ros.media.video_source import VideoSource
from fairmot_ros.ros.tools.node_processes import NodeProcess

if TYPE_CHECKING:  # this file must be importable without ROS
    from peers import NodeStarter, Peer


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker('ros')
            item.add_marker('slow')


@pytest.fixture(scope='session')
def environment() -> Iterator[dict[str, str]]:
    """Environment variables of a private domain, also set in this process."""
    variables = private_environment()
    with pytest.MonkeyPatch.context() as patch:
        for name, value in variables.items():
            patch.setenv(name, value)
        yield variables


@pytest.fixture
def peer(environment: dict[str, str]) -> Iterator[Peer]:
    from peers import open_peer

    with open_peer(environment) as node:
        yield node


@pytest.fixture
def start(environment: dict[str, str], tmp_path: Path) -> Iterator[NodeStarter]:
    """Starter of nodes that end with the test."""
    from peers import NodeStarter

    starter = NodeStarter(environment, tmp_path)
    yield starter
    starter.end()


@pytest.fixture(scope='module')
def tracker(
    environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[NodeProcess]:
    """Tracker node with default parameters, shared by the tests of a module."""
    from peers import NodeStarter

    starter = NodeStarter(environment, tmp_path_factory.mktemp('tracker'))
    yield starter('nodes.fairmot_node')
    starter.end()


@pytest.fixture(scope='session')
def images() -> list[np.ndarray]:
    """First images of the shipped clip, with walking people."""
    return list(islice(VideoSource(PEDESTRIANS), 12))
