# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""The `fairmot_identities` node: one identity for a person in all cameras."""

from __future__ import annotations

import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

from diagnostic_msgs.msg import DiagnosticArray
from rcl_interfaces.msg import SetParametersResult
from rclpy.clock import Clock, ClockType
from rclpy.node import Node
from rclpy.parameter import Parameter
from std_msgs.msg import Header

from fairmot_ros.files.errors import FileError
from fairmot_ros.identities import Assignment, IdentityResolver, IdentityStore, SourceFrame
from fairmot_ros.msg import IdentityEventArray, TrackArray, TrackIdentityArray, TrackPositionArray
from fairmot_ros.ros.conversions.identities import to_event, to_frame, to_identities
from fairmot_ros.ros.health.clock_watch import ClockWatch
from fairmot_ros.ros.health.identity_diagnostics import node_status, source_status
from fairmot_ros.ros.health.input_diagnosis import explain_shared_topic
from fairmot_ros.ros.health.name_watch import NameWatch
from fairmot_ros.ros.health.problem_log import ProblemLog
from fairmot_ros.ros.inputs.track_source import PATIENCE, TrackSource, published_tracks
from fairmot_ros.ros.nodes.identity_services import IdentityServices
from fairmot_ros.ros.nodes.run_node import run_node
from fairmot_ros.ros.parameters.declaration import declare_parameters, select_values
from fairmot_ros.ros.parameters.identities import IdentitiesParameters
from fairmot_ros.ros.parameters.overrides import explain_unknown, unknown_parameters


class IdentitiesNode(Node):
    """Matches the tracks of any number of cameras.

    Publishes the identities of each frame on `~/identities`, and changes on `~/events`.
    """

    def __init__(self, node_name: str = 'fairmot_identities', **options: Any) -> None:
        """Declare the parameters, and subscribe to the cameras that exist.

        Args:
            node_name: of the node, unless it is remapped.
            options: of `rclpy.node.Node`.

        Raises:
            ValueError: if a parameter is invalid, or the store cannot be used.
        """
        self._is_open = False  # set first: `destroy_node()` is called if the construction fails
        super().__init__(node_name, **options)
        self.parameters = declare_parameters(self, IdentitiesParameters)
        if unknown := unknown_parameters(self):
            self.get_logger().warning(explain_unknown(unknown, [*self.parameters.values]))
        self.add_on_set_parameters_callback(self._check_parameters)
        if hasattr(self, 'add_post_set_parameters_callback'):
            self.add_post_set_parameters_callback(self._apply_parameters)
        path = self.parameters.store.store
        store = IdentityStore(Path(path).expanduser()) if path else None
        self.resolver = IdentityResolver(self.parameters.matching, store)
        self._is_open = True
        self._store_error = ''
        self._frame = self.parameters.sources.positions_frame
        self._sources: dict[str, TrackSource] = {}
        self._problems: dict[str, str] = {}  # by source, the last one that was logged
        self._failed: Counter[str] = Counter()
        self._identity_publisher = self.create_publisher(TrackIdentityArray, '~/identities', 10)
        self._event_publisher = self.create_publisher(IdentityEventArray, '~/events', 10)
        self._diagnostics_publisher = self.create_publisher(DiagnosticArray, '/diagnostics', 10)
        self._name_watch, self._clock_watch = NameWatch(self), ClockWatch()
        self._node_problems = ProblemLog(self.get_logger())
        self._identity_services = IdentityServices(self, self.resolver)
        # A steady clock: timers on ROS time stall when a bag starts over.
        steady = Clock(clock_type=ClockType.STEADY_TIME)
        self.create_timer(1.0, self._on_timer, clock=steady)
        self.create_timer(PATIENCE, self._flush, clock=steady)
        self._find_sources()

    # -- input ---------------------------------------------------------------------------------

    def _find_sources(self) -> None:
        """Subscribe to the cameras that are not known yet; they stay known when they vanish."""
        settings = self.parameters.sources
        given = [self.resolve_topic_name(topic) for topic in settings.sources if topic]
        for topic in given or published_tracks(self):
            if topic in self._sources:
                continue
            self._sources[topic] = TrackSource(
                self,
                topic,
                settings.reliability,
                self._on_frame,
                positions=settings.use_positions,
            )
            self.get_logger().info(f'matching the tracks on {topic}')

    def _flush(self) -> None:
        for source in self._sources.values():
            source.flush()

    def _on_frame(
        self, source: TrackSource, tracks: TrackArray, positions: TrackPositionArray | None
    ) -> None:
        """Match the tracks of a frame, and publish their identities."""
        try:
            frame = to_frame(source.name, tracks, self._comparable(source, positions))
            assignments = self._match(frame)
        except ValueError as error:
            self._failed[source.name] += 1
            self._report(source, f'tracks of {source.name} cannot be used: {error}')
            return
        self._identity_publisher.publish(to_identities(source.name, tracks.header, assignments))
        self._publish_events()
        for text in self.resolver.take_warnings():
            self.get_logger().warning(text)

    def _match(self, frame: SourceFrame) -> list[Assignment]:
        """Return the identities of a frame, also while the store cannot be written."""
        try:
            return self.resolver.update(frame, self.get_clock().now().nanoseconds * 1e-9)
        except FileError as error:
            self._note_store(str(error))
        known = {a.track_id: a for a in self.resolver.assignments(frame.source)}
        return [known[o.track_id] for o in frame.observations if o.track_id in known]

    def _note_store(self, error: str) -> None:
        """Keep the error of the store for the diagnostics, and log a new one."""
        if error and error != self._store_error:
            self.get_logger().error(f'identities are not stored: {error}')
        self._store_error = error

    def _comparable(
        self, source: TrackSource, positions: TrackPositionArray | None
    ) -> TrackPositionArray | None:
        """Return positions if they are in the common frame."""
        if positions is None:
            return None
        self._frame = self._frame or positions.header.frame_id
        frame = positions.header.frame_id
        if frame == self._frame:
            return positions
        self._report(
            source,
            f'positions of {source.name} are in {frame} and not used; expected {self._frame}: set '
            'the same target_frame for all trackers',
        )
        return None

    def _report(self, source: TrackSource, problem: str) -> None:
        """Log a problem of a source when it is a new one."""
        if self._problems.get(source.name) != problem:
            self._problems[source.name] = problem
            self.get_logger().warning(problem)

    # -- output --------------------------------------------------------------------------------

    def _publish_events(self) -> None:
        events = self.resolver.take_events()
        if events:
            header = Header(stamp=self.get_clock().now().to_msg())
            self._event_publisher.publish(
                IdentityEventArray(header=header, events=[to_event(event) for event in events])
            )

    def _on_timer(self) -> None:
        """Find new cameras, remove old identities, and report; called every second."""
        self._find_sources()
        for source in self._sources.values():
            source.follow_publishers()
            self._note_arrival(source)
        now = self.get_clock().now()
        try:
            self.resolver.maintain(now.nanoseconds * 1e-9)
        except FileError as error:
            self._note_store(str(error))
        else:
            self._note_store('')
        self._publish_events()
        name = self.get_fully_qualified_name().lstrip('/')
        self._diagnostics_publisher.publish(
            DiagnosticArray(
                header=Header(stamp=now.to_msg()),
                status=[
                    node_status(
                        name,
                        self.resolver.counts(),
                        self.parameters.store.store,
                        len(self._sources),
                        self._store_error,
                        self._warnings(),
                    ),
                    *(
                        source_status(
                            name,
                            source,
                            self._problems.get(source.name, ''),
                            self._failed[source.name],
                        )
                        for source in self._sources.values()
                    ),
                ],
            )
        )

    def _warnings(self) -> list[str]:
        """Return one sentence per problem that is not that of a single camera; log new ones."""
        self._clock_watch.update(self.get_clock(), time.perf_counter())
        arrivals = (s.last_arrival for s in self._sources.values() if s.received)
        found = [
            self._clock_watch.warning(max(arrivals, default=None)),
            *(explain_shared_topic(s.topic, s.publishers) for s in self._sources.values()),
        ]
        problems = list(filter(None, found))
        self._node_problems.update('', problems)
        return [*filter(None, [self._name_watch.warning]), *problems]

    def _note_arrival(self, source: TrackSource) -> None:
        """Log when the tracks of a camera stay out, and when they are back."""
        waited = time.perf_counter() - source.last_arrival
        late = waited > self.parameters.sources.source_timeout
        if late and not source.missing:
            self._report(source, f'no tracks on {source.topic} for {waited:.0f} s')
        elif source.missing and not late:
            self._problems.pop(source.name, None)
            self.get_logger().info(f'tracks arrive again on {source.topic}')
        source.missing = late

    def destroy_node(self) -> None:
        """Write what is not in the store yet, and close it."""
        if self._is_open:
            self._is_open = False
            try:
                self.resolver.close()
            except FileError as error:
                self._note_store(str(error))
        super().destroy_node()

    def _check_parameters(self, parameters: list[Parameter]) -> SetParametersResult:
        """Accept or reject a set of changes as a whole."""
        try:
            new = self.parameters.changed(select_values(parameters, IdentitiesParameters))
        except (ValueError, TypeError) as error:
            return SetParametersResult(successful=False, reason=str(error))
        if fixed := self.parameters.fixed_changes(new):
            reason = f'{", ".join(fixed)} cannot be changed while the node runs: start it again'
            return SetParametersResult(successful=False, reason=reason)
        if not hasattr(self, 'add_post_set_parameters_callback'):  # Humble
            self._apply_parameters(parameters)
        return SetParametersResult(successful=True)

    def _apply_parameters(self, parameters: list[Parameter]) -> None:
        """Apply accepted changes from the next frame on."""
        self.parameters = self.parameters.changed(select_values(parameters, IdentitiesParameters))
        self.resolver.configure(self.parameters.matching)


def main() -> int:
    """Run the node until it is interrupted."""
    return run_node(IdentitiesNode)


if __name__ == '__main__':
    sys.exit(main())
