"""What a node says of itself: the model and labels once, its health every second."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from typing import Any

from diagnostic_msgs.msg import DiagnosticArray
from rclpy.node import Node
from rclpy.publisher import Publisher as RosPublisher
from rclpy.qos import DurabilityPolicy, QoSProfile, ReliabilityPolicy
from std_msgs.msg import Header
from vision_msgs.msg import LabelInfo, VisionInfo

from fairmot_ros.msg import Timing
from fairmot_ros.ros.diagnostics import diagnose, idle, timing
from fairmot_ros.ros.input_subscription import InputSubscription
from fairmot_ros.ros.parameters import TrackingParameters
from fairmot_ros.ros.perception import Perception
from fairmot_ros.ros.silence import Publisher, Wanted, explain_silence
from fairmot_ros.ros.stream import Stream
from fairmot_ros.ros.track_conversion import TrackConverter

LATCHED = QoSProfile(depth=1, durability=DurabilityPolicy.TRANSIENT_LOCAL)


class Reporter:
    """Publishes `/diagnostics` always, the rest between `open` and `close`."""

    def __init__(self, node: Node) -> None:
        """Offer the diagnostics."""
        self._node = node
        self._diagnostics = node.create_publisher(DiagnosticArray, '/diagnostics', 10)
        self._timings: dict[Stream, RosPublisher] = {}
        self._infos: list[RosPublisher] = []
        self._silences: dict[Stream, str] = {}
        self._model = ''

    def open(
        self, streams: Iterable[Stream], perception: Perception, parameters: TrackingParameters
    ) -> None:
        """Say what the class ids and the model are, and offer each camera's timing."""
        self._model = perception.model
        for stream in streams:
            topic = f'~/{stream.name}/timing' if stream.name else '~/timing'
            self._timings[stream] = self._node.create_publisher(Timing, topic, 10)
        converter = TrackConverter(perception.labels, perception.model)
        header = Header(stamp=self._node.get_clock().now().to_msg())
        labels = self._node.create_publisher(LabelInfo, '~/label_info', LATCHED)
        threshold = parameters.tracker_config(perception.thresholds).score_threshold
        labels.publish(converter.label_info(header, threshold))
        vision = self._node.create_publisher(VisionInfo, '~/vision_info', LATCHED)
        vision.publish(
            converter.vision_info(header, getattr(parameters, 'weights', ''), perception.runtime)
        )
        self._infos += [labels, vision]

    def close(self) -> None:
        """Withdraw what `open` offered."""
        for publisher in (*self._timings.values(), *self._infos):
            self._node.destroy_publisher(publisher)
        self._timings.clear()
        self._infos.clear()
        self._silences.clear()

    def report_idle(self, cameras: Iterable[str], reason: str) -> None:
        """Report that the node is not tracking on purpose."""
        self._publish([idle(self._name, camera, reason) for camera in cameras])

    def report(
        self, inputs: Mapping[Stream, InputSubscription], parameters: TrackingParameters
    ) -> None:
        """Report on each camera."""
        header = Header(stamp=self._node.get_clock().now().to_msg())
        statuses = []
        for stream, source in inputs.items():
            self._timings[stream].publish(timing(stream, header))
            complaints = self._complaints(stream, source, parameters.input_timeout)
            statuses.append(diagnose(self._name, stream, source.topic, self._model, complaints))
        self._publish(statuses)

    @property
    def _name(self) -> str:
        return self._node.get_fully_qualified_name().lstrip('/')

    def _publish(self, statuses: list[Any]) -> None:
        header = Header(stamp=self._node.get_clock().now().to_msg())
        self._diagnostics.publish(DiagnosticArray(header=header, status=statuses))

    def _complaints(self, stream: Stream, source: InputSubscription, timeout: float) -> list[str]:
        """Return all that is wrong although no image failed."""
        complaints = [
            self._silence(stream, source, timeout),
            stream.progress.complain(stream.counters),
            *(output.complaint for output in stream.outputs),
        ]
        if (count := len(source.publishers())) > 1:
            complaints.append(
                f'{count} publishers share {source.topic}: their messages are taken for those '
                'of one camera; give each camera a topic of its own'
            )
        clock = self._node.get_clock()
        if clock.ros_time_is_active and not clock.now().nanoseconds:
            complaints.append(
                'use_sim_time is set, but nothing has come on /clock: play the bag with --clock'
            )
        return [text for text in complaints if text]

    def _silence(self, stream: Stream, source: InputSubscription, timeout: float) -> str:
        """Return why nothing comes, '' if something does; a new reason is logged once."""
        waited = time.perf_counter() - (stream.last_arrival or source.since)
        if waited < timeout:
            self._silences.pop(stream, None)
            return ''
        text = explain_silence(
            Wanted(source.topic, _type_name(source.message_type), *_offer(source.profile)),
            [
                Publisher(
                    f'{info.node_namespace.rstrip("/")}/{info.node_name}',
                    info.topic_type,
                    *_offer(info.qos_profile),
                )
                for info in source.publishers()
            ],
            self._foreign_topics(),
        )
        if self._silences.get(stream) != text:
            self._silences[stream] = text
            self._node.get_logger().warning(f'no input for {waited:.0f} s: {text}')
        return text

    def _foreign_topics(self) -> dict[str, list[str]]:
        """Return the types of all topics that others publish."""
        own = {publisher.topic_name for publisher in self._node.publishers}
        return {
            topic: types
            for topic, types in self._node.get_topic_names_and_types()
            if self._node.count_publishers(topic) and topic not in own
        }


def _type_name(message_type: type) -> str:
    """Return a type as the graph names it, like 'sensor_msgs/msg/Image'."""
    return f'{message_type.__module__.split(".")[0]}/msg/{message_type.__name__}'


def _offer(profile: QoSProfile) -> tuple[bool, bool]:
    """Return whether a quality of service is reliable and whether it keeps last messages."""
    return (
        profile.reliability == ReliabilityPolicy.RELIABLE,
        profile.durability == DurabilityPolicy.TRANSIENT_LOCAL,
    )
