# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""The identities node with two cameras, whose tracks this process publishes."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip('rclpy', reason='needs ROS 2')
from diagnostic_msgs.msg import DiagnosticStatus
from geometry_msgs.msg import Point
from peers import TIMEOUT, NodeStarter, Peer
from rcl_interfaces.msg import SetParametersResult
from rcl_interfaces.srv import SetParametersAtomically
from rclpy.parameter import Parameter
from std_msgs.msg import Header
from vision_msgs.msg import BoundingBox2D, Point2D, Pose2D

from fairmot_ros.msg import (
    IdentityEvent,
    IdentityEventArray,
    Track,
    TrackArray,
    TrackIdentity,
    TrackIdentityArray,
    TrackPosition,
    TrackPositionArray,
)
from fairmot_ros.srv import (
    EnrolIdentity,
    ForgetIdentity,
    ListIdentities,
    MergeIdentities,
    QueryIdentity,
    SplitIdentity,
)

NODE = 'nodes.identities_node'
SIZE = 32
ANNA, BEN = np.eye(2, SIZE, dtype=np.float32)
USAGE_ERROR = 2
RATE = 20.0  # frames per second of each camera


class TrackedCamera:
    """Publishes tracks, and positions if asked for, as a tracker node does."""

    def __init__(self, peer: Peer, name: str, *, positions: bool = False) -> None:
        self.peer, self.name = peer, name
        self._tracks = peer.create_publisher(TrackArray, f'/{name}/tracks', 10)
        self._positions = (
            peer.create_publisher(TrackPositionArray, f'/{name}/positions', 10)
            if positions
            else None
        )

    def show(
        self,
        people: dict[int, np.ndarray],
        places: dict[int, tuple[float, float]] | None = None,
        frame: str = 'map',
    ) -> None:
        """Publish a frame: embeddings by track id, and places in metres."""
        stamp = self.peer.get_clock().now().to_msg()
        if self._positions is not None:
            message = TrackPositionArray(header=Header(stamp=stamp, frame_id=frame))
            for number, (x, y) in (places or {}).items():
                covariance = (0.01 * np.eye(6)).ravel()
                message.positions.append(
                    TrackPosition(track_id=number, position=Point(x=x, y=y), covariance=covariance)
                )
            self._positions.publish(message)
        tracks = [
            Track(
                track_id=number,
                id=str(number),
                class_id='person',
                score=0.9,
                state=Track.TRACKED,
                bbox=BoundingBox2D(
                    center=Pose2D(position=Point2D(x=100.0 * number, y=90.0)),
                    size_x=40.0,
                    size_y=120.0,
                ),
                embedding=embedding,
            )
            for number, embedding in people.items()
        ]
        header = Header(stamp=stamp, frame_id=self.name)
        self._tracks.publish(TrackArray(header=header, model='model', tracks=tracks))


def play(peer: Peer, seconds: float, *shows) -> None:
    """Let cameras show their people for a while."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        for show in shows:
            show()
        until = time.monotonic() + 1 / RATE
        peer.wait(lambda until=until: time.monotonic() > until, 'the next frame')


def newest(messages: list[TrackIdentityArray], source: str) -> dict[str, TrackIdentity]:
    """Return the identities in the newest message of a source, by track id."""
    found = next((m for m in reversed(messages) if m.source == source), TrackIdentityArray())
    return {identity.track_id: identity for identity in found.identities}


@pytest.fixture
def identities(peer: Peer, start: NodeStarter) -> list[TrackIdentityArray]:
    start(NODE)
    return peer.subscribe(TrackIdentityArray, '/fairmot_identities/identities')


def meet(peer: Peer, identities: list, door: TrackedCamera, hall: TrackedCamera) -> None:
    """Show Anna at the door, then Anna and Ben in the hall, until all three are decided."""

    def show() -> None:
        door.show({7: ANNA})
        hall.show({1: BEN, 2: ANNA})

    def decided() -> bool:
        play(peer, 0.2, show)
        seen = [*newest(identities, '/door').values(), *newest(identities, '/hall').values()]
        return len(seen) == 3 and all(identity.global_id for identity in seen)

    peer.wait(decided, 'three identities')


def test_person_has_one_identity_in_two_cameras(peer: Peer, identities: list) -> None:
    events = peer.subscribe(IdentityEventArray, '/fairmot_identities/events')
    door, hall = TrackedCamera(peer, 'door'), TrackedCamera(peer, 'hall')
    meet(peer, identities, door, hall)
    anna = newest(identities, '/door')['7']
    in_hall = newest(identities, '/hall')
    assert in_hall['2'].global_id == anna.global_id != in_hall['1'].global_id
    assert TrackIdentity.MATCHED in (anna.state, in_hall['2'].state)
    assert in_hall['1'].state == TrackIdentity.NEW
    kinds = [event.kind for message in events for event in message.events]
    assert kinds.count(IdentityEvent.CREATED) == 2
    assert kinds.count(IdentityEvent.MATCHED) == 1
    message = identities[-1]
    assert message.header.frame_id == message.source.strip('/')


def test_services(peer: Peer, identities: list) -> None:
    def call(kind: type, service: str, /, **request):
        return peer.call(kind, f'/fairmot_identities/{service}', **request)

    door, hall = TrackedCamera(peer, 'door'), TrackedCamera(peer, 'hall')
    meet(peer, identities, door, hall)
    anna, ben = (newest(identities, '/hall')[i].global_id for i in ('2', '1'))

    enrolled = call(EnrolIdentity, 'enrol_identity', name='Anna', id=str(anna))
    assert (enrolled.success, enrolled.message) == (True, f'Anna is enrolled as {anna}')
    door.show({7: ANNA})
    peer.wait(lambda: newest(identities, '/door')['7'].name == 'Anna', 'the name')
    refused = call(EnrolIdentity, 'enrol_identity', name='Anna', id='none')
    assert not refused.success and refused.message.startswith('a global id is a number')

    found = call(
        QueryIdentity, 'query_identity', embedding=BEN, model='model', max_matches=5
    ).matches
    assert found[0].id == str(ben)
    assert found[0].distance == pytest.approx(0.0, abs=1e-5)
    (listed,) = call(ListIdentities, 'list_identities', name='Anna').identities
    assert (listed.global_id, listed.sources) == (anna, ['/door', '/hall'])
    assert sorted(listed.visible) == ['/door/7', '/hall/2']

    split = call(SplitIdentity, 'split_identity', source='/door', track_id='7')
    assert split.success and split.global_id not in (anna, ben)
    merged = call(MergeIdentities, 'merge_identities', global_id=split.global_id, other=anna)
    assert merged.success and merged.global_id == anna
    refused = call(MergeIdentities, 'merge_identities', global_id=anna, other=ben)
    assert not refused.success and 'at the same time' in refused.message

    forgotten = call(ForgetIdentity, 'forget_identity', name='Anna')
    assert (forgotten.success, forgotten.forgotten) == (True, 1)
    assert not call(ForgetIdentity, 'forget_identity', name='Anna').success
    assert [i.global_id for i in call(ListIdentities, 'list_identities').identities] == [ben]


def test_positions_tell_people_apart_who_look_alike(peer: Peer, start: NodeStarter) -> None:
    start(NODE, {'sources': ['/door/tracks', '/hall/tracks']})
    identities = peer.subscribe(TrackIdentityArray, '/fairmot_identities/identities')
    door, hall = (TrackedCamera(peer, name, positions=True) for name in ('door', 'hall'))

    def show() -> None:
        door.show({7: ANNA}, {7: (2.0, 3.0)})
        hall.show({1: ANNA, 2: ANNA}, {1: (12.0, 3.0), 2: (2.1, 3.0)})

    def told_apart() -> bool:
        """Decisions before the first positions were made by appearance, and are revised."""
        play(peer, 0.2, show)
        anna, in_hall = newest(identities, '/door'), newest(identities, '/hall')
        if not anna or not in_hall:
            return False
        near, far = in_hall['2'].global_id, in_hall['1'].global_id
        return near == anna['7'].global_id != far and 0 not in (near, far)

    peer.wait(told_apart, 'one identity for the two at one place')


def test_identities_outlive_a_restart_and_a_store_has_one_node(
    peer: Peer, start: NodeStarter, tmp_path: Path
) -> None:
    store = tmp_path / 'people.db'
    first = start(NODE, {'store': str(store)})
    identities = peer.subscribe(TrackIdentityArray, '/fairmot_identities/identities')
    door, hall = TrackedCamera(peer, 'door'), TrackedCamera(peer, 'hall')
    meet(peer, identities, door, hall)
    anna = newest(identities, '/door')['7'].global_id
    second = start(NODE, {'store': str(store)}, {'__node': 'second'})
    assert second.process.wait(TIMEOUT) == USAGE_ERROR
    assert str(store) in second.last_lines(1)
    assert first.stop() == 0
    assert store.stat().st_mode & 0o777 == 0o600

    identities.clear()
    third = start(NODE, {'store': str(store)})
    peer.wait(lambda: peer.count_publishers('/fairmot_identities/identities'), 'the node')

    def recognised() -> bool:
        play(peer, 0.2, lambda: door.show({8: ANNA}))
        found = newest(identities, '/door').get('8')
        return found is not None and bool(found.global_id)

    peer.wait(recognised, 'the identity')
    assert newest(identities, '/door')['8'].global_id == anna
    assert third.stop() == 0


def test_settings_change_while_the_node_runs_unless_they_are_fixed(
    peer: Peer, identities: list
) -> None:
    def change(**values: float | str) -> SetParametersResult:
        parameters = [Parameter(n, value=v).to_parameter_msg() for n, v in values.items()]
        service = '/fairmot_identities/set_parameters_atomically'
        return peer.call(SetParametersAtomically, service, parameters=parameters).result

    door, hall = TrackedCamera(peer, 'door'), TrackedCamera(peer, 'hall')
    assert change(decision_delay=60.0).successful
    play(peer, 1.5, lambda: door.show({7: ANNA}))
    peer.wait(lambda: newest(identities, '/door'), 'identities')
    assert newest(identities, '/door')['7'].state == TrackIdentity.UNDECIDED
    refused = change(decision_delay=0.2, store='/tmp/a.db')
    assert refused.reason == 'store cannot be changed while the node runs: start it again'
    assert 'out of range' in change(min_similarity=2.0).reason
    assert change(decision_delay=0.2).successful
    meet(peer, identities, door, hall)


def test_lost_cameras_and_unusable_input_are_explained(peer: Peer, start: NodeStarter) -> None:
    node = start(NODE, {'source_timeout': 1.0})
    diagnostics = peer.subscribe_to_diagnostics()

    def status(name: str) -> DiagnosticStatus:
        statuses = diagnostics[-1].status if diagnostics else []
        return next((s for s in statuses if s.name.endswith(name)), DiagnosticStatus())

    peer.wait(lambda: 'no camera publishes' in status('identities').message, 'a warning')
    door, hall = (TrackedCamera(peer, name, positions=True) for name in ('door', 'hall'))
    identities = peer.subscribe(TrackIdentityArray, '/fairmot_identities/identities')
    for _ in range(3):  # one camera after another: the first one defines the frame
        peer.wait(lambda: status('/door').message == 'matching', 'the first camera')
        play(peer, 0.3, lambda: door.show({7: ANNA}, {7: (2.0, 3.0)}))
    peer.wait(lambda: newest(identities, '/door'), 'identities')
    play(peer, 1.5, lambda: hall.show({1: BEN}, {1: (2.0, 3.0)}, frame='odom'))
    peer.wait(lambda: 'positions of /hall are in odom' in status('/hall').message, 'a warning')
    peer.wait(lambda: 'no tracks on /door/tracks' in status('/door').message, 'a warning')
    bad = np.full(SIZE, np.nan, np.float32)
    play(peer, 0.5, lambda: hall.show({1: bad}))
    peer.wait(lambda: 'tracks of /hall cannot be used' in status('/hall').message, 'a warning')

    def back() -> bool:
        play(peer, 0.2, lambda: door.show({7: ANNA}, {7: (2.0, 3.0)}))
        return 'tracks arrive again on /door/tracks' in node.last_lines(40)

    peer.wait(back, 'the return of the camera')
    assert 'Traceback' not in node.last_lines(100)
    assert node.stop() == 0
