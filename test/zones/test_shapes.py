# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0

import pytest

from fairmot_ros.zones import Line, Zone, ZoneMonitor, parse_lines, parse_zones

SQUARE = Zone('square', ((0, 0), (10, 0), (10, 10), (0, 10)))


@pytest.mark.parametrize(
    ('point', 'depth'), [((5, 5), 5), ((5, 1), 1), ((0, 5), 0), ((-3, 5), -3), ((13, 14), -5)]
)
def test_depth_is_the_signed_distance_from_the_border(point: tuple, depth: float) -> None:
    assert SQUARE.depth(point) == pytest.approx(depth)


def test_the_order_of_the_corners_does_not_matter() -> None:
    assert Zone('again', SQUARE.corners[::-1]).depth((5, 1)) == pytest.approx(1)


def test_right_of_a_line_is_positive_in_an_image() -> None:
    down = Line('down', (5, 0), (5, 10))  # y points down: someone walking down has x < 5 right
    assert down.offset((2, 5)) == pytest.approx(3)
    assert down.offset((9, 5)) == pytest.approx(-4)


def test_coordinates_of_a_map_may_be_large() -> None:
    place = Zone('far', tuple((x + 5e5, y + 4.5e6) for x, y in SQUARE.corners))
    assert place.depth((5e5 + 0.01, 4.5e6 + 5)) == pytest.approx(0.01, abs=1e-6)


def test_texts_are_parsed() -> None:
    (zone,) = parse_zones(['', ' shop : 0,0 4.5,0 4,3'])
    assert zone == Zone('shop', ((0, 0), (4.5, 0), (4, 3)))
    assert parse_lines(['gate: -1,2 3,4']) == (Line('gate', (-1, 2), (3, 4)),)
    assert parse_zones(['']) == ()


@pytest.mark.parametrize(
    ('text', 'message'),
    [
        ('0,0 1,0 1,1', 'must be given as NAME: x,y x,y ..., got'),
        ('a: 0,0 1,0 1', 'must be given as NAME'),
        ('a: 0,0 1,0 nan,1', 'must be given as NAME'),
        ('a: 0,0 1,0 1e300,1', 'must be given as NAME'),
        (': 0,0 1,0 1,1', 'must be given as NAME'),
        ('a:', 'must be given as NAME'),
        ('a: 0,0 1,0', 'zone a needs three corners'),
        ('a: 0,0 1,1 2,2', 'zone a has no area'),
        ('a: 0,0 1,1 1,0 0,1', 'its border crosses itself'),
    ],
)
def test_a_wrong_zone_is_one_sentence(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        parse_zones([text])


@pytest.mark.parametrize(
    ('text', 'message'),
    [
        ('a: 0,0 1,0 1,1', 'line a must have two ends, got 3'),
        ('a: 1,1 1,1', 'line a needs two different ends'),
    ],
)
def test_a_wrong_line_is_one_sentence(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        parse_lines([text])


def test_names_are_unique() -> None:
    with pytest.raises(ValueError, match="different names, got 'square' twice"):
        ZoneMonitor([SQUARE], [Line('square', (0, 0), (1, 1))])
