# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Launch arguments and the configuration of RViz, without launch_ros."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

pytest.importorskip('rclpy', reason='needs ROS 2')
from fairmot_ros.ros.launching.arguments import (
    common_arguments,
    detection_tracker_overrides,
    transport_parameters,
)
from fairmot_ros.ros.launching.rviz_configuration import for_cameras
from fairmot_ros.ros.parameters import FairmotParameters

RVIZ = Path(__file__).parents[3] / 'rviz' / 'fairmot.rviz'


@pytest.mark.parametrize(
    ('text', 'parameters'),
    [
        ('', {}),
        (' raw ', {'image_transport': 'raw'}),
        ('front:raw,rear: auto', {'image_transports': ['front: raw', 'rear: auto']}),
        (
            'compressed,rear:raw',
            {'image_transport': 'compressed', 'image_transports': ['rear: raw']},
        ),
    ],
)
def test_transports_of_cameras(text: str, parameters: dict) -> None:
    assert transport_parameters(text) == parameters
    made = FairmotParameters(cameras=('front', 'rear'), **parameters)
    assert made.images.transport_of('rear') in ('auto', 'raw')


def test_two_transports_for_all_cameras_are_rejected() -> None:
    with pytest.raises(ValueError, match='several transports without a camera: raw, compressed'):
        transport_parameters('raw,compressed')


@pytest.mark.parametrize(
    ('values', 'words'),
    [
        ({'image_transports': ['rear']}, 'must have the form CAMERA: TRANSPORT'),
        ({'image_transports': ['front: theora']}, 'auto, raw, compressed, got'),
        ({'image_transports': [': raw']}, 'must have the form'),
        ({'image_transports': ['rear: raw']}, "names 'rear', which is none of the cameras"),
        ({'image_transports': ['front: raw', 'front: auto']}, "names 'front' twice"),
        ({'image_transport': 'theora'}, 'must be one of auto, raw, compressed'),
    ],
)
def test_unusable_transports_are_rejected(values: dict, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        FairmotParameters(cameras=('front',), **values)


def test_transport_of_a_single_camera_is_that_of_the_node() -> None:
    assert FairmotParameters().images.transport_of('') == 'auto'
    assert FairmotParameters(image_transport='raw').images.transport_of('') == 'raw'


def test_arguments_have_descriptions() -> None:
    for name, default, text in (*common_arguments('n', 'f'), *detection_tracker_overrides()):
        assert len(text) > 10, name
        assert default is not None


def test_every_camera_has_displays_of_its_own_in_rviz() -> None:
    before = yaml.safe_load(RVIZ.read_text())['Visualization Manager']
    path = for_cameras(RVIZ, '/robot/people', ['front', 'rear'])
    manager = yaml.safe_load(path.read_text())['Visualization Manager']
    path.unlink()
    shown = {d['Topic']['Value']: d for d in manager['Displays'] if 'Topic' in d}
    assert shown.keys() == {
        f'/robot/people/{camera}/{topic}'
        for camera in ('front', 'rear')
        for topic in ('image_annotated', 'markers')
    }
    names = [display['Name'] for display in manager['Displays']]
    assert len(names) == len(set(names)) == len(before['Displays']) + 2
    assert shown['/robot/people/rear/markers']['Class'] == 'rviz_default_plugins/MarkerArray'
    assert shown['/robot/people/rear/markers']['Topic']['Depth'] == 5
    assert not any('Plane' in display for display in manager['Displays']), 'the floor is level'
