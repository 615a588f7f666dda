"""A private ROS domain, nodes on it, and real pictures."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

import fairmot_ros
from fairmot_ros.media.video_source import VideoSource
from fairmot_ros.ros.tools.node_processes import DomainLock, NodeProcess, local_environment

if TYPE_CHECKING:  # where ROS is missing, this file must still be importable
    from peers import NodeStarter, Peer

SHIPPED_CLIP = Path(fairmot_ros.__file__).parent / 'data' / 'pedestrians.mp4'


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker('ros')
            item.add_marker('slow')


@pytest.fixture(scope='session')
def environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """Variables of a private domain, set in this process too."""
    domain = DomainLock()
    variables = local_environment(domain.number, tmp_path_factory.mktemp('ros_log'))
    # Without it, a field of a wrong type (an int as a float64) is published as garbage.
    variables['ROS_PYTHON_CHECK_FIELDS'] = '1'
    # Tests share the cores with other processes; docs/ros.md, Threads, says what this changes.
    variables.setdefault('OMP_WAIT_POLICY', 'passive')
    with pytest.MonkeyPatch.context() as patch:
        for name, value in variables.items():
            patch.setenv(name, value)
        yield variables
    domain.release()


@pytest.fixture
def peer(environment: dict[str, str]) -> Iterator[Peer]:
    import rclpy
    from peers import Peer

    context = rclpy.Context()
    rclpy.init(context=context, domain_id=int(environment['ROS_DOMAIN_ID']))
    node = Peer(context)
    yield node
    node.spinner.shutdown()
    node.destroy_node()
    rclpy.try_shutdown(context=context)


@pytest.fixture
def start(environment: dict[str, str], tmp_path: Path) -> Iterator[NodeStarter]:
    """Start nodes for one test."""
    from peers import NodeStarter

    starter = NodeStarter(environment, tmp_path)
    yield starter
    starter.end()


@pytest.fixture(scope='module')
def tracker(
    environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[NodeProcess]:
    """A tracker node with its default parameters for all tests of a module."""
    from peers import NodeStarter

    starter = NodeStarter(environment, tmp_path_factory.mktemp('tracker'))
    yield starter('nodes.fairmot_node')
    starter.end()


@pytest.fixture(scope='session')
def pictures() -> list[np.ndarray]:
    """The first images of the clip that ships with the package: people walking."""
    return list(islice(VideoSource(SHIPPED_CLIP), 12))
