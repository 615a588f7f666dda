# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Reports of a node: model and labels once, diagnostics and timing every second."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from typing import Any

from diagnostic_msgs.msg import DiagnosticArray
from rclpy.node import Node
from rclpy.publisher import Publisher as RosPublisher
from rclpy.qos import DurabilityPolicy, QoSProfile, ReliabilityPolicy
from rclpy.utilities import get_rmw_implementation_identifier
from std_msgs.msg import Header
from vision_msgs.msg import LabelInfo, VisionInfo

from fairmot_ros.msg import Timing
from fairmot_ros.ros.conversions.tracks import TrackConverter
from fairmot_ros.ros.health.clock_watch import ClockWatch
from fairmot_ros.ros.health.diagnostics import active_status, idle_status, timing_message
from fairmot_ros.ros.health.input_diagnosis import (
    Publisher,
    SubscriptionInfo,
    explain_missing_input,
    explain_shared_topic,
)
from fairmot_ros.ros.health.name_watch import NameWatch
from fairmot_ros.ros.health.problem_log import ProblemLog
from fairmot_ros.ros.health.statistics import StatisticsSnapshot
from fairmot_ros.ros.inputs.subscription import InputSubscription, type_name
from fairmot_ros.ros.nodes.camera import Camera
from fairmot_ros.ros.parameters import TrackingParameters
from fairmot_ros.ros.processing.detection_source import DetectionSource

LATCHED = QoSProfile(depth=1, durability=DurabilityPolicy.TRANSIENT_LOCAL)


class Reporter:
    """Publishes diagnostics, timing, labels and the model.

    The publisher of `/diagnostics` exists as long as the node, the others between `open` and
    `close`.
    """

    def __init__(self, node: Node) -> None:
        """Create the publisher of `/diagnostics`."""
        self._node = node
        self._diagnostics = node.create_publisher(DiagnosticArray, '/diagnostics', 10)
        self._timings: dict[Camera, RosPublisher] = {}
        self._infos: list[RosPublisher] = []
        self._input_problems: dict[Camera, str] = {}
        self._name_watch = NameWatch(node)
        self._clock_watch = ClockWatch()
        self._problems = ProblemLog(node.get_logger())
        self._model = ''

    def open(
        self, cameras: Iterable[Camera], source: DetectionSource, parameters: TrackingParameters
    ) -> None:
        """Publish labels and model, and create a timing publisher for each camera."""
        self._model = source.model
        for camera in cameras:
            topic = f'~/{camera.name}/timing' if camera.name else '~/timing'
            self._timings[camera] = self._node.create_publisher(Timing, topic, 10)
        converter = TrackConverter(source.labels, source.model)
        header = Header(stamp=self._node.get_clock().now().to_msg())
        labels = self._node.create_publisher(LabelInfo, '~/label_info', LATCHED)
        threshold = parameters.frames(source.thresholds).tracker.score_threshold
        labels.publish(converter.label_info(header, threshold))
        vision = self._node.create_publisher(VisionInfo, '~/vision_info', LATCHED)
        vision.publish(
            converter.vision_info(header, parameters.values.get('weights', ''), source.runtime)
        )
        self._infos += [labels, vision]

    def close(self) -> None:
        """Destroy the publishers created by `open()`."""
        for publisher in (*self._timings.values(), *self._infos):
            self._node.destroy_publisher(publisher)
        self._timings.clear()
        self._infos.clear()
        self._input_problems.clear()

    def report_idle(
        self, parameters: TrackingParameters, reason: str, *, failed: bool = False
    ) -> None:
        """Report that the node does not process input.

        Args:
            parameters: of the node.
            reason: why it does not.
            failed: whether the reason is a failed lifecycle transition.
        """
        self._publish(
            [
                idle_status(
                    self._name,
                    name,
                    reason,
                    failed=failed,
                    warning=self._name_watch.warning,
                    hardware_id=parameters.diagnostics.hardware_id,
                )
                for name in parameters.inputs.cameras
            ]
        )

    def report(
        self, active: Mapping[Camera, InputSubscription], parameters: TrackingParameters
    ) -> None:
        """Report timing and status of each camera.

        Args:
            active: cameras with their subscriptions.
            parameters: of the node.
        """
        header = Header(stamp=self._node.get_clock().now().to_msg())
        statuses = []
        self._clock_watch.update(self._node.get_clock(), time.perf_counter())
        for camera, subscription in active.items():
            statistics = camera.statistics.snapshot()
            self._timings[camera].publish(timing_message(statistics, header))
            timeout = parameters.inputs.input_timeout
            warnings = self._warnings(camera, statistics, subscription, timeout)
            exceeded, errors = camera.limit_checker.check(
                statistics, parameters.diagnostics, time.monotonic()
            )
            details: dict[str, str] = {}
            for output in camera.stream.outputs:
                details |= output.values
            statuses.append(
                active_status(
                    self._name,
                    camera.name,
                    statistics,
                    subscription.topic,
                    self._model,
                    [*warnings, *exceeded],
                    details,
                    errors=errors,
                    hardware_id=parameters.diagnostics.hardware_id,
                )
            )
        self._publish(statuses)

    @property
    def _name(self) -> str:
        return self._node.get_fully_qualified_name().lstrip('/')

    def _publish(self, statuses: list[Any]) -> None:
        header = Header(stamp=self._node.get_clock().now().to_msg())
        self._diagnostics.publish(DiagnosticArray(header=header, status=statuses))

    def _warnings(
        self,
        camera: Camera,
        statistics: StatisticsSnapshot,
        subscription: InputSubscription,
        timeout: float,
    ) -> list[str]:
        """Return one sentence per problem that does not make frames fail."""
        problems = [
            camera.stall_detector.warning(statistics.counters),
            explain_shared_topic(subscription.topic, len(subscription.publishers())),
            self._clock_watch.warning(statistics.last_arrival),
            *(o.warning for o in camera.stream.outputs if not o.logs_warning),
        ]
        self._problems.update(camera.name, filter(None, problems))
        warnings = [
            self._name_watch.warning,
            self._missing_input(camera, statistics, subscription, timeout),
            *problems,
            *camera.stream.warnings,
            *(o.warning for o in camera.stream.outputs if o.logs_warning),
        ]
        return [text for text in warnings if text]

    def _missing_input(
        self,
        camera: Camera,
        statistics: StatisticsSnapshot,
        subscription: InputSubscription,
        timeout: float,
    ) -> str:
        """Return why no input arrived for `timeout` seconds, '' if it did; log new reasons."""
        # A publisher that was discovered just now has had no time to send a message.
        last = max(statistics.last_arrival or 0.0, subscription.waiting_since)
        waited = time.perf_counter() - last
        if waited < timeout:
            self._input_problems.pop(camera, None)
            return ''
        text = explain_missing_input(
            SubscriptionInfo(
                subscription.topic,
                type_name(subscription.message_type),
                subscription.name,
                *_reliable_and_latched(subscription.profile),
                automatic=len(subscription.sources) > 1,
            ),
            [
                Publisher(
                    f'{info.node_namespace.rstrip("/")}/{info.node_name}',
                    info.topic_type,
                    *_reliable_and_latched(info.qos_profile),
                )
                for info in subscription.publishers()
            ],
            self._topics_of_other_nodes(),
            get_rmw_implementation_identifier(),
        )
        if self._input_problems.get(camera) != text:
            self._input_problems[camera] = text
            self._node.get_logger().warning(f'no input for {waited:.0f} s: {text}')
        return text

    def _topics_of_other_nodes(self) -> dict[str, list[str]]:
        """Return all topics published by other nodes, with their types."""
        own = {publisher.topic_name for publisher in self._node.publishers}
        return {
            topic: types
            for topic, types in self._node.get_topic_names_and_types()
            if self._node.count_publishers(topic) and topic not in own
        }


def _reliable_and_latched(profile: QoSProfile) -> tuple[bool, bool]:
    """Return whether a quality of service is reliable, and whether it is transient_local."""
    return (
        profile.reliability == ReliabilityPolicy.RELIABLE,
        profile.durability == DurabilityPolicy.TRANSIENT_LOCAL,
    )
