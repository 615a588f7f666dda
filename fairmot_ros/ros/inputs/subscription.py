"""Input subscription: keeps the newest messages and follows the reliability of the publishers."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from rclpy.node import Node
from rclpy.qos import HistoryPolicy, QoSProfile, ReliabilityPolicy
from rclpy.subscription import Subscription

from fairmot_ros.ros.inputs.qos import DURABILITIES, RELIABILITIES, declare_qos

try:
    from rclpy.event_handler import SubscriptionEventCallbacks
except ImportError:  # Humble
    from rclpy.qos_event import SubscriptionEventCallbacks

Callback = Callable[[Any, dict[str, Any]], None]


class InputSubscription:
    """Subscription that is replaced when the reliability of the publishers changes.

    Attributes:
        topic: resolved name.
        message_type: type of the messages.
        name: name of the topic before remapping.
        waiting_since: time of the subscription, or of the discovery of the newest publisher; on
            the steady clock, seconds.
    """

    def __init__(
        self,
        node: Node,
        topic: str,
        message_type: type,
        callback: Callback,
        reliability: str = 'auto',
        name: str = '',
        depth: int = 1,
    ) -> None:
        """Subscribe.

        Args:
            node: creates the subscription.
            topic: resolved name.
            message_type: type of the messages.
            callback: called with each message and rclpy's message information.
            reliability: 'auto', 'reliable' or 'best_effort', unless overridden.
            name: name of the topic before remapping.
            depth: number of messages that wait, unless overridden.

        Raises:
            ValueError: if a `qos_overrides` parameter has an unknown value.
        """
        self.topic = topic
        self.message_type = message_type
        self.name = name
        self.waiting_since = time.perf_counter()
        self._node = node
        self._callback = callback
        self._requested = declare_qos(node, topic, reliability, depth)
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
        """Update `waiting_since`, and resubscribe if the publishers need another reliability."""
        self._note_new_publishers()
        profile = self._make_profile()
        if profile == self._profile or not self.publishers():
            return
        self._node.get_logger().info(
            f'{self.topic} is published as {profile.reliability.name.lower()}: resubscribing with '
            'the same reliability'
        )
        self._profile = profile
        self._end_previous()
        # The old subscription is kept until the new one receives, so that no message is lost.
        self._previous = self._subscription
        self._subscription = self._subscribe()

    def destroy(self) -> None:
        """Destroy the subscription."""
        self._end_previous()
        self._node.destroy_subscription(self._subscription)

    def _note_new_publishers(self) -> None:
        known, self._matched = self._matched, {bytes(i.endpoint_gid) for i in self.publishers()}
        if self._matched - known:
            self.waiting_since = time.perf_counter()

    def _make_profile(self) -> QoSProfile:
        return QoSProfile(
            history=HistoryPolicy.KEEP_LAST,
            depth=self._requested.depth,
            reliability=self._select_reliability(),
            durability=DURABILITIES[self._requested.durability],
        )

    def _select_reliability(self) -> ReliabilityPolicy:
        requested = self._requested.reliability
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
            self._last_header = message.header
        self._callback(message, info)

    def _end_previous(self) -> None:
        if self._previous is not None:
            self._node.destroy_subscription(self._previous)
            self._previous = None
