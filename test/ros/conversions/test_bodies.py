# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Identifiers of REP 155: unique among nodes, valid in topic names."""

from __future__ import annotations

import re
from itertools import product

import pytest

pytest.importorskip('rclpy', reason='needs ROS 2')
from rclpy.validate_topic_name import validate_topic_name

from fairmot_ros.ros.conversions.bodies import body_frame, body_id, body_prefix

# Names that are the same when their parts are joined with underscores.
NODES = (
    '/fairmot',
    '/a/b',
    '/a_b',
    '/a/b_c',
    '/a_b/c',
    '/a/b/c',
    '/fairmot_front',
    '/fairmot/front',
)
TRACKS = ('1', '2', '12', 'front/1', 'front_1/2', 'front/12')


def test_ids_of_different_tracks_and_nodes_differ() -> None:
    ids = {body_id(node, track) for node, track in product(NODES, TRACKS)}
    assert len(ids) == len(NODES) * len(TRACKS)


def test_ids_of_a_node_are_always_the_same() -> None:
    assert body_id('/fairmot', '3') == body_id('/fairmot', '3') == 'ktbrr_3'
    assert body_id('/fairmot', 'front/3') == 'ktbrr_front_3'
    assert body_frame(body_id('/fairmot', '3')) == 'body_ktbrr_3'


def test_ids_are_levels_of_topic_names() -> None:
    for node, track in product(NODES, TRACKS):
        assert re.fullmatch('[a-z]{5}', body_prefix(node))
        validate_topic_name(f'/humans/bodies/{body_id(node, track)}/roi')
