"""Which person and gallery a request means, and what is said where it means none."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace

import numpy as np
import pytest

pytest.importorskip('rclpy', reason='needs ROS 2')
from fairmot_ros.ros.nodes.gallery_services import GalleryServices
from fairmot_ros.srv import EnrolIdentity, ForgetIdentity, QueryIdentity
from fairmot_ros.tracker.gallery import Gallery

LOOKS = np.eye(8, dtype=np.float32)
BOX = (0, 0, 40, 100)


class Stream:
    """What the services read of a stream."""

    def __init__(self, name: str, number: int) -> None:
        self.name = name
        self.gallery = Gallery(model='m')
        self.known = {number: SimpleNamespace(class_id=0, embedding=LOOKS[number])}


class Desk:
    """The services without a node: two cameras, with one visible person each."""

    def __init__(self, *names: str) -> None:
        self.streams = [Stream(name, i) for i, name in enumerate(names, start=1)]
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
        answer = self._callbacks['~/query_identity'](
            QueryIdentity.Request(**request), QueryIdentity.Response()
        )
        assert answer.success, answer.message
        return [(match.id, match.name) for match in answer.matches]

    def forget(self, **request: object) -> ForgetIdentity.Response:
        return self._callbacks['~/forget_identity'](
            ForgetIdentity.Request(**request), ForgetIdentity.Response()
        )


def test_a_name_is_known_to_all_cameras_and_an_id_to_its_own() -> None:
    desk = Desk('left', 'right')
    assert desk.enrol(name='Ada', id='right/2').success
    assert desk.query(id='right/2', max_matches=9) == [('right/2', 'Ada')]
    left, right = (stream.gallery for stream in desk.streams)
    assert [(m.track_id, m.name) for m in left.query(LOOKS[2])] == [(0, 'Ada')]
    assert [(m.track_id, m.name) for m in right.query(LOOKS[2])] == [(2, 'Ada')]
    assert desk.forget(name='Ada').forgotten == 1
    assert desk.query(embedding=LOOKS[2]) == []


def test_who_left_can_be_enrolled_queried_and_forgotten() -> None:
    desk = Desk('')
    gallery = desk.streams[0].gallery
    gallery.remember(5, LOOKS[5], 0, BOX, 0.0)
    gallery.remember(6, LOOKS[6], 0, BOX, 0.0)
    assert desk.query(id='5') == [('5', '')]
    assert desk.enrol(name='Bob', id='5').success
    assert desk.query(embedding=LOOKS[5], model='m') == [('5', 'Bob')]
    assert desk.forget(id='6').forgotten == 1
    assert desk.forget(everybody=True).forgotten == 1
    assert len(gallery) == 0


def test_the_visible_are_not_remembered_after_everybody_was_forgotten() -> None:
    desk = Desk('')
    assert desk.forget(everybody=True).success
    assert not desk.streams[0].gallery.remember(1, LOOKS[1], 0, BOX, 0.0)
    assert desk.streams[0].gallery.remember(2, LOOKS[2], 0, BOX, 0.0)
    assert desk.forget(id='1').success, 'visible, so known'


@pytest.mark.parametrize(
    ('request_', 'complaint'),
    [
        ({}, 'give either an id or an embedding'),
        ({'name': 'Ada'}, 'give either an id or an embedding'),
        ({'name': 'Ada', 'id': 'left/1', 'embedding': LOOKS[1]}, 'give either an id'),
        ({'id': 'left/1'}, 'the name to enrol is empty'),
        ({'name': 'A' * 201, 'embedding': LOOKS[1]}, 'has 201 characters; expected at most 200'),
        ({'name': 'Ada', 'id': '1'}, "the id '1' is of none of the cameras ['left', 'right']"),
        ({'name': 'Ada', 'id': 'left/one'}, 'an id looks like 7 or camera/7'),
        ({'name': 'Ada', 'id': 'left/2'}, 'nobody with the id left/2 is tracked or remembered'),
        ({'name': 'Ada', 'embedding': LOOKS[1] * 0}, 'not all zero'),
        ({'name': 'Ada', 'embedding': LOOKS[1], 'model': 'n'}, 'cannot be compared'),
    ],
)
def test_enrolment_says_why_not(request_: dict, complaint: str) -> None:
    desk = Desk('left', 'right')
    answer = desk.enrol(**request_)
    assert not answer.success
    assert complaint in answer.message
    assert [stream.gallery.names for stream in desk.streams] == [[], []]


@pytest.mark.parametrize(
    ('request_', 'complaint'),
    [
        ({}, 'give one of id, name and everybody'),
        ({'name': 'Ada', 'everybody': True}, 'give one of'),
        ({'name': 'Ada'}, "nobody is enrolled as 'Ada'"),
        ({'id': 'left/9'}, 'nobody with the id left/9'),
    ],
)
def test_forgetting_says_why_not(request_: dict, complaint: str) -> None:
    answer = Desk('left', 'right').forget(**request_)
    assert not answer.success
    assert complaint in answer.message


def test_a_node_without_cameras_is_not_configured() -> None:
    answer = Desk().enrol(name='Ada', id='1')
    assert (answer.success, answer.message) == (False, 'the node is not configured')
