# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Zones and counting lines: which tracks are inside, enter, leave and cross. No ROS."""

from __future__ import annotations

from fairmot_ros.zones.monitor import EventKind, LineCounts, ZoneCounts, ZoneEvent, ZoneMonitor
from fairmot_ros.zones.shapes import Line, Zone, parse_lines, parse_zones

__all__ = [
    'EventKind',
    'Line',
    'LineCounts',
    'Zone',
    'ZoneCounts',
    'ZoneEvent',
    'ZoneMonitor',
    'parse_lines',
    'parse_zones',
]
