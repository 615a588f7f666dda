"""The node with its gallery: people are enrolled, recognised and forgotten over services."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip('rclpy', reason='needs ROS 2')
from peers import Camera, NodeStarter, Peer

from fairmot_ros.msg import Track, TrackArray
from fairmot_ros.srv import EnrolIdentity, ForgetIdentity, QueryIdentity


def biggest(message: TrackArray) -> Track:
    return max(message.tracks, key=lambda track: track.bbox.size_y)


def test_enrol_query_forget(peer: Peer, start: NodeStarter, pictures: list[np.ndarray]) -> None:
    start('nodes.fairmot_node', {'gallery': True, 'lost_timeout': 0.5, 'reid_timeout': 0.0})
    camera = Camera(peer, peer.listen(TrackArray, 'fairmot/tracks'))
    empty = np.full_like(pictures[0], 127)

    def query(**request: object) -> list[tuple[str, str]]:
        answer = peer.call(QueryIdentity, 'fairmot/query_identity', **request)
        assert answer.success, answer.message
        return [(match.id, match.name) for match in answer.matches]

    def leave() -> None:
        for _ in range(8):
            assert not camera.show(empty).tracks

    def come() -> TrackArray:
        """Return who is there after the first six pictures."""
        return [camera.show(picture) for picture in pictures[:6]][-1]

    def who(message: TrackArray) -> int:
        """Return the id of the person nearest to where Ada stood in the same picture."""
        place = person.bbox.center.position
        return min(
            message.tracks,
            key=lambda t: (
                abs(t.bbox.center.position.x - place.x) + abs(t.bbox.center.position.y - place.y)
            ),
        ).track_id

    message = come()
    person = biggest(message)
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
        model='of another kind',
    )
    assert not other_model.success
    assert 'cannot be compared' in other_model.message

    leave()
    returned = come()
    assert who(returned) == person.track_id
    names = {track.id: track.name for track in returned.tracks}
    assert names[id_] == 'Ada'
    assert set(names.values()) == {'Ada', ''}
    leave()
    assert query(id=id_) == [(id_, 'Ada')]
    forgotten = peer.call(ForgetIdentity, 'fairmot/forget_identity', name='Ada')
    assert (forgotten.success, forgotten.forgotten) == (True, 1)
    assert query(embedding=person.embedding) == []
    assert not peer.call(ForgetIdentity, 'fairmot/forget_identity', name='Ada').success
    assert who(come()) != person.track_id

    assert peer.call(ForgetIdentity, 'fairmot/forget_identity', everybody=True).success
    leave()
    assert query(embedding=person.embedding, max_matches=100) == []
