# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

pytest.importorskip('rclpy', reason='needs ROS 2')
from make_track import make_track
from std_msgs.msg import Header

from fairmot_ros.msg import ZoneEvent, ZoneEventArray, ZoneStateArray
from fairmot_ros.ros.conversions.tracks import TrackConverter
from fairmot_ros.ros.outputs.base import FrameResult
from fairmot_ros.ros.outputs.zones import ZoneOutput, zones_of
from fairmot_ros.ros.parameters import FairmotParameters
from fairmot_ros.spatial.located import LocatedPeople, LocatedPerson
from fairmot_ros.types import Tracks

SHOP = 'shop: 0,0 100,0 100,100 0,100'
GATE = 'gate: 0,200 100,200'
PARAMETERS = FairmotParameters(zones=[SHOP], lines=[GATE])


class Recorder:
    """Replaces a node: keeps the published messages by topic."""

    def __init__(self) -> None:
        self.messages: dict[str, list[Any]] = {}

    def create_publisher(self, message_type: type, name: str, qos: Any) -> SimpleNamespace:
        return SimpleNamespace(publish=self.messages.setdefault(name, []).append)


def frame(stamp: float, feet: dict[int, tuple[float, float]], lost: tuple[int, ...] = ()) -> Any:
    def tracks(ids: Any) -> Tracks:
        feet_of = {i: feet.get(i, (0.0, 0.0)) for i in ids}
        return Tracks.of(make_track(i, (x - 10, y - 40, 20, 40)) for i, (x, y) in feet_of.items())

    return FrameResult(
        header=Header(frame_id=str(stamp)),
        stamp=stamp,
        image=None,
        visible=tracks(feet),
        lost=tracks(lost),
        tentative=(),
        parameters=PARAMETERS,
        converter=TrackConverter(['person'], 'model', camera='front', names={1: 'Zoë'}),
        rate=10.0,
    )


def test_events_and_counts_of_moving_tracks() -> None:
    node = Recorder()
    output = ZoneOutput(node, 'front', PARAMETERS)  # type: ignore[arg-type]
    output.publish(frame(0.0, {1: (50, 150), 2: (50, 50)}))
    output.publish(frame(1.5, {1: (50, 250), 2: (50, 60)}))
    output.publish(frame(3.0, {1: (50, 150)}, lost=(2,)))
    output.reset()
    events: list[ZoneEventArray] = node.messages['~/front/zone_events']
    seen = [(a.header.frame_id, e.kind, e.name, e.id, e.person) for a in events for e in a.events]
    assert seen == [
        ('0.0', ZoneEvent.ENTERED, 'shop', 'front/2', ''),
        ('1.5', ZoneEvent.CROSSED_FORWARD, 'gate', 'front/1', 'Zoë'),
        ('3.0', ZoneEvent.CROSSED_BACKWARD, 'gate', 'front/1', 'Zoë'),
        ('3.0', ZoneEvent.LEFT, 'shop', 'front/2', ''),
    ]
    assert (events[-1].events[0].dwell.sec, events[-1].events[0].dwell.nanosec) == (1, 500_000_000)
    states: list[ZoneStateArray] = node.messages['~/front/zones']
    assert [list(s.zones[0].inside) for s in states] == [['front/2']] * 3 + [[]]
    assert (states[-1].zones[0].entered, states[-1].zones[0].left) == (1, 1)
    assert (states[-1].lines[0].forward, states[-1].lines[0].backward) == (1, 1)
    assert output.values == {
        'zone shop': '0 inside, 1 entered, 1 left, mean dwell 1.5 s',
        'line gate': '1 forward, 1 backward',
    }


class Locator:
    """Has located the people of a frame."""

    located: LocatedPeople | None = None


def people(frame_id: str, upright: bool, *places: tuple[int, float, float]) -> LocatedPeople:
    return LocatedPeople(
        frame_id,
        upright,
        None,
        tuple(
            LocatedPerson(
                make_track(i),
                np.array([x, y, 0.9]),
                np.zeros(3),
                1e-4 * np.eye(6),
                np.array([0.5, 1.8]),
                True,
            )
            for i, x, y in places
        ),
    )


def test_zones_in_metres_use_the_located_people() -> None:
    node, locator = Recorder(), Locator()
    parameters = FairmotParameters(
        zones=[SHOP],
        lines=['gate: 0,200 100,200'],
        zone_unit='metres',
        target_frame='map',
        position_source='depth',
    )
    output = ZoneOutput(node, '', parameters, locator)  # type: ignore[arg-type]
    feet = {1: (0.0, 0.0), 2: (0.0, 0.0)}  # in pixels both are outside
    locator.located = people('map', True, (1, 50, 50), (2, 50, 150))
    output.publish(frame(0.0, feet))
    locator.located = people('map', True, (2, 50, 250))  # 1 has no position in this frame
    output.publish(frame(1.0, feet))
    locator.located = None
    output.publish(frame(2.0, feet))
    assert output.warning == 'zones are not updated: the people of this frame were not located'
    locator.located = people('optical', False, (1, 500, 500))
    output.publish(frame(3.0, feet))
    assert 'expected one whose z axis points up' in output.warning
    events: list[ZoneEventArray] = node.messages['~/zone_events']
    assert [(e.kind, e.name, e.track_id) for a in events for e in a.events] == [
        (ZoneEvent.ENTERED, 'shop', 1),
        (ZoneEvent.CROSSED_BACKWARD, 'gate', 2),  # in a map, y points to the left of x
    ]
    states: list[ZoneStateArray] = node.messages['~/zones']
    assert [list(s.zones[0].inside) for s in states] == [['front/1']] * 4


def test_camera_uses_its_own_zones_and_the_common_ones() -> None:
    parameters = FairmotParameters(
        cameras=['left', 'right'], zones=[SHOP, 'left/till: 0,0 9,0 9,9'], lines=['']
    )
    assert [zone.name for zone in zones_of('left', parameters)[0]] == ['shop', 'left/till']
    assert [zone.name for zone in zones_of('right', parameters)[0]] == ['shop']
    assert not ZoneOutput.is_enabled('left', FairmotParameters())


@pytest.mark.parametrize(
    ('values', 'message'),
    [
        ({'zones': ['shop 0,0']}, 'zone must be given as NAME: x,y x,y ..., got'),
        ({'lines': [GATE, GATE]}, "different names, got 'gate' twice"),
        ({'zone_margin': 2.0}, r'zone_margin must be within 0\.\.1, got 2\.0'),
        ({'zone_unit': 'metres'}, "zone_unit 'metres' needs a target_frame"),
        ({'zones': ['left/shop: 0,0 1,0 1,1']}, "'left/shop' belongs to none of the cameras"),
    ],
)
def test_invalid_zones_are_rejected(values: dict, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        FairmotParameters(**values)
