# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""`identities.launch.py` under launch_testing: identities are kept in the given store."""

from __future__ import annotations

import tempfile
import unittest
from pathlib import Path

import pytest

pytest.importorskip('launch_testing', reason='needs launch_testing, which is not on PyPI')
from launch import LaunchDescription
from launch_testing import post_shutdown_test
from launched import assert_clean_exit, describe
from peers import open_peer
from private_domain import private_environment
from rcl_interfaces.srv import GetParameters

from fairmot_ros.srv import ListIdentities

FOLDER = tempfile.TemporaryDirectory()
STORE = Path(FOLDER.name) / 'people.db'


@pytest.mark.launch_test
def generate_test_description() -> LaunchDescription:
    return describe('identities.launch.py', store=str(STORE), namespace='building', name='people')


class WhileRunning(unittest.TestCase):
    def test_the_store_is_opened(self) -> None:
        with open_peer(private_environment()) as peer:
            assert peer.call(ListIdentities, '/building/people/list_identities').success
            (store,) = peer.call(
                GetParameters, '/building/people/get_parameters', names=['store']
            ).values
        assert store.string_value == str(STORE)
        assert STORE.is_file()


@post_shutdown_test()
class AfterShutdown(unittest.TestCase):
    def test_node_ended_without_an_error(self, proc_info: object, proc_output: object) -> None:
        assert_clean_exit(proc_info, proc_output)
