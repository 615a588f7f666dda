# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Output of zones and counting lines: `~/zones` and `~/zone_events`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from rclpy.node import Node

from fairmot_ros.msg import LineState, ZoneEventArray, ZoneState, ZoneStateArray
from fairmot_ros.msg import ZoneEvent as ZoneEventMessage
from fairmot_ros.ros.conversions.tracks import duration
from fairmot_ros.ros.outputs.base import FrameResult, Output
from fairmot_ros.ros.parameters import TrackingParameters
from fairmot_ros.ros.processing.person_locator import PersonLocator
from fairmot_ros.zones import Line, LineCounts, Zone, ZoneCounts, ZoneEvent, ZoneMonitor
from fairmot_ros.zones.observations import (
    ZoneObservations,
    observe_in_image,
    observe_on_floor,
)

Shape = TypeVar('Shape', Zone, Line)


class ZoneOutput(Output):
    """Publishes the counts of zones and lines with every frame, and their events.

    A reset of the tracker does not reset the counts; all tracks leave their zones.

    Attributes:
        monitor: counts the tracks.
        observations: of the last frame, None if there are none.
    """

    stage = 'zones'

    def __init__(
        self,
        node: Node,
        camera: str,
        parameters: TrackingParameters,
        locator: PersonLocator | None = None,
    ) -> None:
        """Create the publishers and the monitor of the camera's zones and lines.

        Args:
            node: creates the publishers.
            camera: see `Output`.
            parameters: define the zones.
            locator: has located the people of each frame before; for zones in metres.
        """
        super().__init__(node, camera)
        self._locator = locator if parameters.zones.zone_unit == 'metres' else None
        self.observations: ZoneObservations | None = None
        self._states = self._create_publisher(ZoneStateArray, 'zones')
        self._events = self._create_publisher(ZoneEventArray, 'zone_events')
        self.monitor = ZoneMonitor(*zones_of(camera, parameters))
        self._last: FrameResult | None = None

    @staticmethod
    def is_enabled(camera: str, parameters: TrackingParameters) -> bool:
        """Return whether the parameters define zones or lines for a camera."""
        return any(zones_of(camera, parameters))

    def publish(self, result: FrameResult) -> None:
        """Publish the events and counts of one frame."""
        self._last, self.observations = result, None
        observations = self._observe(result)
        ids = (*result.visible.ids.tolist(), *result.lost.ids.tolist())
        positions = observations.positions
        unobserved = [track_id for track_id in ids if track_id not in positions]
        events = self.monitor.update(positions, result.stamp, unobserved)
        self._publish_counts(events, result)
        self.observations = observations

    def reset(self) -> None:
        """Publish that all tracks have left, as they were dropped."""
        if self._last is not None:
            self._publish_counts(self.monitor.update({}, self._last.stamp), self._last)

    def _observe(self, result: FrameResult) -> ZoneObservations:
        margin = result.parameters.zones.zone_margin
        self.warning = ''
        if self._locator is None:
            return observe_in_image(result.visible, margin)
        located = self._locator.located
        if located is None:
            self.warning = 'zones are not updated: the people of this frame were not located'
        elif not located.upright:
            self.warning = (
                f'zones are not updated: target_frame {located.frame_id} is the frame of the '
                'camera; expected one whose z axis points up'
            )
        else:
            return observe_on_floor(located, margin)
        return ZoneObservations({}, None, 0.0)

    def _publish_counts(self, events: Sequence[ZoneEvent], result: FrameResult) -> None:
        converter, header = result.converter, result.header
        if events:
            messages = [
                ZoneEventMessage(
                    kind=event.kind.value,
                    name=event.shape,
                    track_id=event.track_id,
                    id=converter.id_of(event.track_id),
                    person=converter.name_of(event.track_id),
                    dwell=duration(event.dwell),
                )
                for event in events
            ]
            self._events.publish(ZoneEventArray(header=header, events=messages))
        zone_counts, line_counts = self.monitor.zone_counts(), self.monitor.line_counts()
        zones = [
            ZoneState(
                name=counts.name,
                inside=[converter.id_of(track_id) for track_id in counts.inside],
                entered=counts.entered,
                left=counts.left,
                mean_dwell=duration(counts.mean_dwell),
                longest_dwell=duration(counts.longest_dwell),
            )
            for counts in zone_counts
        ]
        lines = [
            LineState(name=counts.name, forward=counts.forward, backward=counts.backward)
            for counts in line_counts
        ]
        self._states.publish(ZoneStateArray(header=header, zones=zones, lines=lines))
        self.values = _as_text(zone_counts, line_counts)


def zones_of(
    camera: str, parameters: TrackingParameters
) -> tuple[tuple[Zone, ...], tuple[Line, ...]]:
    """Return the zones and lines of a camera: `<camera>/<name>`, or names without a camera."""
    zones, lines = parameters.zones.shapes()
    return _of_camera(camera, zones), _of_camera(camera, lines)


def _of_camera(camera: str, shapes: Sequence[Shape]) -> tuple[Shape, ...]:
    return tuple(s for s in shapes if s.name.rpartition('/')[0] in ('', camera))


def _as_text(zones: Sequence[ZoneCounts], lines: Sequence[LineCounts]) -> dict[str, str]:
    """Return the counts as keys and values for diagnostics."""
    values = {}
    for zone in zones:
        values[f'zone {zone.name}'] = (
            f'{len(zone.inside)} inside, {zone.entered} entered, {zone.left} left, '
            f'mean dwell {zone.mean_dwell:.1f} s'
        )
    for line in lines:
        values[f'line {line.name}'] = f'{line.forward} forward, {line.backward} backward'
    return values
