"""The RViz configuration: what it names must exist, as RViz itself cannot run here."""

from __future__ import annotations

from pathlib import Path

import yaml

FILE = Path(__file__).parents[3] / 'rviz' / 'fairmot.rviz'
# As plugins_description.xml of rviz_default_plugins and qos_profile_property.cpp have them.
DISPLAYS = {f'rviz_default_plugins/{name}' for name in ('Image', 'MarkerArray', 'Grid', 'TF')}
POLICIES = {
    'Depth': {1, 5},
    'History Policy': {'Keep Last'},
    'Reliability Policy': {'Reliable'},
    'Durability Policy': {'Volatile'},
}
PUBLISHED = {'image_annotated': 'Image', 'markers': 'MarkerArray'}


def test_displays_are_of_topics_that_the_node_publishes() -> None:
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
