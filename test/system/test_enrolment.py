# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Gallery of the node: enrolment, queries, re-identification and removal."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip('rclpy', reason='needs ROS 2')
from peers import Camera, NodeStarter, Peer

from fairmot_ros.msg import Track, TrackArray, TrackEvent, TrackEventArray
from fairmot_ros.srv import EnrolIdentity, ForgetIdentity, QueryIdentity


def tallest(message: TrackArray) -> Track:
    return max(message.tracks, key=lambda track: track.bbox.size_y)


def test_enrol_query_forget(peer: Peer, start: NodeStarter, images: list[np.ndarray]) -> None:
    start('nodes.fairmot_node', {'gallery': True, 'lost_timeout': 0.5, 'reid_timeout': 0.0})
    camera = Camera(peer, peer.subscribe(TrackArray, 'fairmot/tracks'))
    events = peer.subscribe(TrackEventArray, 'fairmot/events')
    empty = np.full_like(images[0], 127)

    def query(**request: object) -> list[tuple[str, str]]:
        response = peer.call(QueryIdentity, 'fairmot/query_identity', **request)
        assert response.success, response.message
        return [(match.id, match.name) for match in response.matches]

    def send_empty_images() -> None:
        for _ in range(8):
            assert not camera.send(empty).tracks

    def send_people() -> TrackArray:
        """Return the tracks in the last of six images."""
        return [camera.send(image) for image in images[:6]][-1]

    def id_at_position_of_person(message: TrackArray) -> int:
        """Return the id of the track nearest to the enrolled person's position."""
        position = person.bbox.center.position
        return min(
            message.tracks,
            key=lambda t: (
                abs(t.bbox.center.position.x - position.x)
                + abs(t.bbox.center.position.y - position.y)
            ),
        ).track_id

    message = send_people()
    person = tallest(message)
    id_ = str(person.track_id)
    assert query(id=id_) == []

    refused = peer.call(EnrolIdentity, 'fairmot/enrol_identity', name='Ada', id='999')
    assert not refused.success
    assert refused.message == 'no track or identity has the id 999'
    assert peer.call(EnrolIdentity, 'fairmot/enrol_identity', name='Ada', id=id_).success
    assert query(id=id_) == [(id_, 'Ada')]
    assert query(embedding=person.embedding, model=message.model) == [(id_, 'Ada')]
    other_model = peer.call(
        QueryIdentity,
        'fairmot/query_identity',
        embedding=person.embedding,
        model='another model',
    )
    assert not other_model.success
    assert 'cannot be compared' in other_model.message

    send_empty_images()
    returned = send_people()
    assert id_at_position_of_person(returned) == person.track_id
    names = {track.id: track.name for track in returned.tracks}
    assert names[id_] == 'Ada'
    assert set(names.values()) == {'Ada', ''}
    of_ada = {event.kind: event.name for m in events for event in m.events if event.id == id_}
    assert (of_ada[TrackEvent.LEFT], of_ada[TrackEvent.ENTERED]) == ('Ada', 'Ada')
    send_empty_images()
    assert query(id=id_) == [(id_, 'Ada')]
    forgotten = peer.call(ForgetIdentity, 'fairmot/forget_identity', name='Ada')
    assert (forgotten.success, forgotten.forgotten) == (True, 1)
    assert query(embedding=person.embedding) == []
    assert not peer.call(ForgetIdentity, 'fairmot/forget_identity', name='Ada').success
    assert id_at_position_of_person(send_people()) != person.track_id

    assert peer.call(ForgetIdentity, 'fairmot/forget_identity', everybody=True).success
    send_empty_images()
    assert query(embedding=person.embedding, max_matches=100) == []
