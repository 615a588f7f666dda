# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Settings: checks, flat names and overrides of dataclass fields."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from fairmot_ros.settings import Group, Setting, check_settings, setting, settings_of


@dataclass(frozen=True)
class Lamp:
    colour: str = setting('red', 'colour of the light', choices=('red', 'green'))
    height: float = setting(2.0, 'height of the lamp', unit='metres', low=0.0, high=9.0)
    steps: tuple[float, ...] = setting((0.5,), 'levels of brightness', low=0.0, high=1.0)
    count: int = setting(1, 'number of bulbs', low=1, high=9)
    lit: bool = setting(True, 'whether it is on')
    serial: int = 7

    def __post_init__(self) -> None:
        check_settings(self)


def test_setting_states_default_range_and_unit() -> None:
    settings = settings_of(Lamp)
    assert list(settings) == ['colour', 'height', 'steps', 'count', 'lit']
    assert settings['height'] == Setting('height', 2.0, 'height of the lamp', 'metres', 0.0, 9.0)
    assert Lamp().height == 2.0


@pytest.mark.parametrize(
    ('values', 'message'),
    [
        ({'colour': 'blue'}, "colour must be one of red, green, got 'blue'"),
        ({'height': 10.0}, r'height must be within 0\.\.9 metres, got 10\.0'),
        ({'height': float('nan')}, 'height must be within .* got nan'),
        ({'steps': [0.1, 2.0]}, r'steps must be within 0\.\.1, got 2\.0'),
        ({'steps': 3}, 'steps must be a list, got 3'),
        ({'steps': '0.5'}, "steps must be a list, got '0.5'"),
        ({'steps': [True]}, 'steps must be a finite number, got True'),
        ({'count': 1.5}, 'count must be an integer, got 1.5'),
        ({'colour': None}, 'colour must be a string, got None'),
        ({'height': None}, 'height must be a finite number, got None'),
        ({'height': '3'}, "height must be a finite number, got '3'"),
        ({'lit': 'no'}, "lit must be true or false, got 'no'"),
    ],
)
def test_invalid_values_raise(values: dict, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Lamp(**values)


@pytest.mark.parametrize(('given', 'expected'), [([0.1, 0.2], (0.1, 0.2)), (None, ()), ((), ())])
def test_lists_and_none_become_tuples(given: object, expected: tuple) -> None:
    assert Lamp(steps=given).steps == expected  # type: ignore[arg-type]


def test_group_has_flat_names() -> None:
    group = Group('Lamp', Lamp, {'colour': 'light'}, prefix='lamp_')
    assert list(group.settings()) == [
        'light',
        'lamp_height',
        'lamp_steps',
        'lamp_count',
        'lamp_lit',
    ]
    lamp = group.make({'light': 'green', 'lamp_height': 3.0, 'height': 4.0, 'other': 1})
    assert lamp == Lamp('green', 3.0)
    with pytest.raises(ValueError, match='lamp_height must be within'):
        group.make({'lamp_height': -1.0})


def test_group_can_override_a_default() -> None:
    automatic = Setting('height', -1.0, 'height, -1 for the best', low=-1.0, high=9.0)
    group = Group('Lamp', Lamp, overrides={'height': automatic})
    assert group.settings()['height'].default == -1.0
    group.check({'height': -1.0})
    assert settings_of(Lamp)['height'].default == 2.0
