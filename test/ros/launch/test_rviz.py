# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""The RViz configuration: display classes, policies and topics, checked without RViz."""

from __future__ import annotations

from pathlib import Path

import yaml

FILE = Path(__file__).parents[3] / 'rviz' / 'fairmot.rviz'
# Names from plugins_description.xml of rviz_default_plugins and qos_profile_property.cpp.
DISPLAYS = {f'rviz_default_plugins/{name}' for name in ('Image', 'MarkerArray', 'Grid', 'TF')}
POLICIES = {
    'Depth': {1, 5},
    'History Policy': {'Keep Last'},
    'Reliability Policy': {'Reliable'},
    'Durability Policy': {'Volatile'},
}
PUBLISHED = {'image_annotated': 'Image', 'markers': 'MarkerArray'}


def test_displays_show_topics_of_the_node() -> None:
    manager = yaml.safe_load(FILE.read_text())['Visualization Manager']
    displays = manager['Displays']
    assert {display['Class'] for display in displays} <= DISPLAYS
    shown = {}
    for display in displays:
        if topic := display.get('Topic'):
            shown[topic.pop('Value')] = display['Class']
            assert all(topic[name] in known for name, known in POLICIES.items())
            assert set(topic) == set(POLICIES)
    assert shown == {
        f'/fairmot/{topic}': f'rviz_default_plugins/{name}' for topic, name in PUBLISHED.items()
    }
    assert manager['Global Options']['Fixed Frame'] == 'camera'
