# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0

import numpy as np

from fairmot_ros.types import Tracks
from fairmot_ros.zones import Line, Zone, ZoneMonitor
from fairmot_ros.zones.drawing import draw_zones
from fairmot_ros.zones.observations import observe_in_image

IMAGE = observe_in_image(Tracks.of([]), margin=0.0)


def test_zones_lines_and_their_direction_are_visible() -> None:
    canvas = np.full((200, 300, 3), 100, np.uint8)
    zone = Zone('shop', ((10, 60), (90, 60), (90, 150), (10, 150)))
    line = Line('gate', (150, 100), (250, 100))  # forward is downwards
    draw_zones(canvas, ZoneMonitor([zone], [line]), IMAGE)
    assert (canvas[100, 50] != 100).any(), 'shaded'
    assert (canvas[180, 50] == 100).all(), 'outside'
    assert (canvas[120, 200] != 100).any(), 'the arrow points downwards'
    assert (canvas[70, 200] == 100).all()


def test_corners_far_outside_the_image_are_no_problem() -> None:
    canvas = np.full((20, 30, 3), 100, np.uint8)
    far = Zone('far', ((-1e9, -1e9), (1e9, -1e9), (1e9, 1e9)))
    draw_zones(canvas, ZoneMonitor([far], [Line('line', (-1e9, 5), (1e9, 5))]), IMAGE)
