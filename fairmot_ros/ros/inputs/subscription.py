# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Input subscription: keeps the newest messages; follows topic and reliability of publishers."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

from rclpy.node import Node
from rclpy.qos import HistoryPolicy, QoSProfile, ReliabilityPolicy
from rclpy.subscription import Subscription

from fairmot_ros.ros.inputs.qos import DURABILITIES, RELIABILITIES, declare_qos
from fairmot_ros.ros.inputs.source_choice import SourceChoice

try:
    from rclpy.event_handler import SubscriptionEventCallbacks
except ImportError:  # Humble
    from rclpy.qos_event import SubscriptionEventCallbacks

Callback = Callable[[Any, dict[str, Any]], None]
Source = tuple[str, type]  # resolved topic and type of its messages


class InputSubscription:
    """Subscription that is replaced when topic or reliability of the publishers change.

    Attributes:
        topic: resolved name, at present.
        message_type: type of the messages, at present.
        sources: topics and types to choose from, the preferred one first.
        name: name of the topic before remapping.
        waiting_since: time of the subscription, or of the discovery of the newest publisher; on
            the steady clock, seconds.
    """

    def __init__(
        self,
        node: Node,
        sources: Sequence[Source],
        callback: Callback,
        reliability: str = 'auto',
        name: str = '',
        depth: int = 1,
    ) -> None:
        """Subscribe.

        Args:
            node: creates the subscription.
            sources: resolved topic and type of the messages; of several, that which has a
                publisher is used.
            callback: called with each message and rclpy's message information.
            reliability: 'auto', 'reliable' or 'best_effort', unless overridden.
            name: name of the topic before remapping.
            depth: length of the queue, unless overridden.

        Raises:
            ValueError: if a `qos_overrides` parameter has an unknown value.
        """
        self.sources = tuple(sources)
        self.topic, self.message_type = self.sources[0]
        self.name = name
        self.waiting_since = time.perf_counter()
        self._node = node
        self._callback = callback
        self._choice = SourceChoice()
        self._requests = {
            topic: declare_qos(node, topic, reliability, depth) for topic, _ in sources
        }
        self._profile = self._make_profile()
        self._previous: Subscription | None = None
        self._last_header: Any = None
        self._matched: set[bytes] = set()
        self._subscription = self._subscribe()

    @property
    def profile(self) -> QoSProfile:
        """Quality of service of the present subscription."""
        return self._profile

    def publishers(self) -> list[Any]:
        """Return the endpoint information of all publishers on the topic, of any type."""
        return self._node.get_publishers_info_by_topic(self.topic)

    def follow_publishers(self) -> None:
        """Update `waiting_since`; resubscribe if the publishers have another topic or QoS."""
        self._choose_source()
        self._note_new_publishers()
        profile = self._make_profile()
        if profile == self._profile or not self.publishers():
            return
        self._node.get_logger().info(
            f'{self.topic} is published as {profile.reliability.name.lower()}: resubscribing with '
            'the same reliability'
        )
        self._profile = profile
        self._resubscribe()

    def destroy(self) -> None:
        """Destroy the subscription."""
        self._end_previous()
        self._node.destroy_subscription(self._subscription)

    def _choose_source(self) -> None:
        """Subscribe to another source if the present one has no publisher, or a better one has."""
        if len(self.sources) == 1:
            return
        published = [
            any(
                info.topic_type == type_name(message_type)
                for info in self._node.get_publishers_info_by_topic(topic)
            )
            for topic, message_type in self.sources
        ]
        if not self._choice.update(published, time.monotonic()):
            return
        chosen = self.sources[self._choice.chosen]
        self._node.get_logger().info(
            f'image_transport auto: the images are on {chosen[0]} ({type_name(chosen[1])})'
        )
        if chosen == (self.topic, self.message_type):
            return
        is_same_topic = chosen[0] == self.topic
        self.topic, self.message_type = chosen
        self.waiting_since = time.perf_counter()
        self._matched.clear()
        self._profile = self._make_profile()
        self._resubscribe(keep=not is_same_topic)

    def _resubscribe(self, *, keep: bool = True) -> None:
        """Replace the subscription.

        Args:
            keep: whether to keep the old one until the new one receives, so that no message is
                lost. A process cannot have two message types on a topic.
        """
        self._end_previous()
        self._previous = self._subscription
        if not keep:
            self._end_previous()
        self._subscription = self._subscribe()

    def _note_new_publishers(self) -> None:
        known, self._matched = self._matched, {bytes(i.endpoint_gid) for i in self.publishers()}
        if self._matched - known:
            self.waiting_since = time.perf_counter()

    def _make_profile(self) -> QoSProfile:
        return QoSProfile(
            history=HistoryPolicy.KEEP_LAST,
            depth=self._requests[self.topic].depth,
            reliability=self._select_reliability(),
            durability=DURABILITIES[self._requests[self.topic].durability],
        )

    def _select_reliability(self) -> ReliabilityPolicy:
        requested = self._requests[self.topic].reliability
        if requested != 'auto':
            return RELIABILITIES[requested]
        offered = [info.qos_profile.reliability for info in self.publishers()]
        # Best effort matches every publisher, but loses parts of large images.
        if offered and all(policy == ReliabilityPolicy.RELIABLE for policy in offered):
            return ReliabilityPolicy.RELIABLE
        return ReliabilityPolicy.BEST_EFFORT

    def _subscribe(self) -> Subscription:
        def deliver(message: Any, info: dict[str, Any]) -> None:
            self._deliver(message, info, subscription)

        events = SubscriptionEventCallbacks(use_default_callbacks=True)
        if hasattr(events, 'matched'):  # since Jazzy: called when a publisher appears or vanishes
            events.matched = lambda _: self.follow_publishers()
        subscription = self._node.create_subscription(
            self.message_type, self.topic, deliver, self._profile, event_callbacks=events
        )
        return subscription

    def _deliver(self, message: Any, info: dict[str, Any], source: Subscription) -> None:
        if self._previous is not None:
            if source is self._subscription:
                self._end_previous()
                if message.header == self._last_header:
                    return  # already received by the old subscription
                # Those of another publisher do not continue the sequence.
                info = {**info, 'publication_sequence_number': None}
            self._last_header = message.header
        self._callback(message, info)

    def _end_previous(self) -> None:
        if self._previous is not None:
            self._node.destroy_subscription(self._previous)
            self._previous = None


def type_name(message_type: type) -> str:
    """Return the name of a message type, such as 'sensor_msgs/msg/Image'."""
    return f'{message_type.__module__.split(".")[0]}/msg/{message_type.__name__}'
