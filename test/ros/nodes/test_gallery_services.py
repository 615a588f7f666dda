# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Gallery services: identities and galleries selected by a request, and its error messages."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace

import numpy as np
import pytest

pytest.importorskip('rclpy', reason='needs ROS 2')
from fairmot_ros.ros.nodes.gallery_services import GalleryServices
from fairmot_ros.srv import EnrolIdentity, ForgetIdentity, QueryIdentity
from fairmot_ros.tracker.gallery import Gallery

EMBEDDINGS = np.eye(8, dtype=np.float32)
BOX = (0, 0, 40, 100)


class FakeStream:
    """The attributes of a stream that the services use."""

    def __init__(self, name: str, number: int) -> None:
        self.name = name
        self.gallery = Gallery(model='m')
        self.recent_tracks = {number: SimpleNamespace(class_id=0, embedding=EMBEDDINGS[number])}


class FakeNode:
    """Services of a node with the named cameras; each has one visible track."""

    def __init__(self, *names: str) -> None:
        self.streams = [FakeStream(name, i) for i, name in enumerate(names, start=1)]
        self._callbacks: dict[str, Callable] = {}
        cameras = [SimpleNamespace(name=stream.name, stream=stream) for stream in self.streams]
        GalleryServices(self, cameras)

    def create_service(self, _: type, name: str, callback: Callable) -> None:
        self._callbacks[name] = callback

    def enrol(self, **request: object) -> EnrolIdentity.Response:
        return self._callbacks['~/enrol_identity'](
            EnrolIdentity.Request(**request), EnrolIdentity.Response()
        )

    def query(self, **request: object) -> list[tuple[str, str]]:
        response = self._callbacks['~/query_identity'](
            QueryIdentity.Request(**request), QueryIdentity.Response()
        )
        assert response.success, response.message
        return [(match.id, match.name) for match in response.matches]

    def forget(self, **request: object) -> ForgetIdentity.Response:
        return self._callbacks['~/forget_identity'](
            ForgetIdentity.Request(**request), ForgetIdentity.Response()
        )


def test_names_are_shared_by_all_cameras_and_ids_are_not() -> None:
    node = FakeNode('left', 'right')
    assert node.enrol(name='Ada', id='right/2').success
    assert node.query(id='right/2', max_matches=9) == [('right/2', 'Ada')]
    left, right = (stream.gallery for stream in node.streams)
    assert [(m.track_id, m.name) for m in left.query(EMBEDDINGS[2])] == [(0, 'Ada')]
    assert [(m.track_id, m.name) for m in right.query(EMBEDDINGS[2])] == [(2, 'Ada')]
    assert node.forget(name='Ada').forgotten == 1
    assert node.query(embedding=EMBEDDINGS[2]) == []


def test_identities_without_a_track_can_be_enrolled_queried_and_forgotten() -> None:
    node = FakeNode('')
    gallery = node.streams[0].gallery
    gallery.remember(5, EMBEDDINGS[5], 0, BOX, 0.0)
    gallery.remember(6, EMBEDDINGS[6], 0, BOX, 0.0)
    assert node.query(id='5') == [('5', '')]
    assert node.enrol(name='Bob', id='5').success
    assert node.query(embedding=EMBEDDINGS[5], model='m') == [('5', 'Bob')]
    assert node.forget(id='6').forgotten == 1
    assert node.forget(everybody=True).forgotten == 1
    assert len(gallery) == 0


def test_visible_tracks_do_not_enter_the_gallery_after_forgetting_everybody() -> None:
    node = FakeNode('')
    assert node.forget(everybody=True).success
    assert not node.streams[0].gallery.remember(1, EMBEDDINGS[1], 0, BOX, 0.0)
    assert node.streams[0].gallery.remember(2, EMBEDDINGS[2], 0, BOX, 0.0)
    assert node.forget(id='1').success, 'the track is visible'


@pytest.mark.parametrize(
    ('request_', 'reason'),
    [
        ({}, 'expected either an id or an embedding'),
        ({'name': 'Ada'}, 'expected either an id or an embedding'),
        ({'name': 'Ada', 'id': 'left/1', 'embedding': EMBEDDINGS[1]}, 'expected either an id'),
        ({'id': 'left/1'}, 'the name to enrol is empty'),
        (
            {'name': 'A' * 201, 'embedding': EMBEDDINGS[1]},
            'has 201 characters; expected at most 200',
        ),
        (
            {'name': 'Ada', 'id': '1'},
            "the id '1' belongs to none of the cameras ['left', 'right']",
        ),
        ({'name': 'Ada', 'id': 'left/one'}, "an id must have the form '7' or 'camera/7'"),
        ({'name': 'Ada', 'id': 'left/2'}, 'no track or identity has the id left/2'),
        ({'name': 'Ada', 'embedding': EMBEDDINGS[1] * 0}, 'not all zero'),
        ({'name': 'Ada', 'embedding': EMBEDDINGS[1], 'model': 'n'}, 'cannot be compared'),
    ],
)
def test_rejected_enrolment_says_why(request_: dict, reason: str) -> None:
    node = FakeNode('left', 'right')
    response = node.enrol(**request_)
    assert not response.success
    assert reason in response.message
    assert [stream.gallery.names for stream in node.streams] == [[], []]


@pytest.mark.parametrize(
    ('request_', 'reason'),
    [
        ({}, 'expected exactly one of id, name and everybody'),
        ({'name': 'Ada', 'everybody': True}, 'expected exactly one of'),
        ({'name': 'Ada'}, "no identity has the name 'Ada'"),
        ({'id': 'left/9'}, 'no track or identity has the id left/9'),
    ],
)
def test_rejected_forget_request_says_why(request_: dict, reason: str) -> None:
    response = FakeNode('left', 'right').forget(**request_)
    assert not response.success
    assert reason in response.message


def test_unconfigured_node_rejects_requests() -> None:
    response = FakeNode().enrol(name='Ada', id='1')
    assert (response.success, response.message) == (False, 'the node is not configured')
