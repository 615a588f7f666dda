"""The subscription to a camera: newest message alone, reliability as the publisher offers it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from rcl_interfaces.msg import ParameterDescriptor
from rclpy.node import Node
from rclpy.qos import DurabilityPolicy, HistoryPolicy, QoSProfile, ReliabilityPolicy
from rclpy.subscription import Subscription

from fairmot_ros.ros.parameters.declaration import declare_one

try:
    from rclpy.event_handler import SubscriptionEventCallbacks
except ImportError:  # Humble
    from rclpy.qos_event import SubscriptionEventCallbacks

RELIABILITIES = {
    'reliable': ReliabilityPolicy.RELIABLE,
    'best_effort': ReliabilityPolicy.BEST_EFFORT,
}
DURABILITIES = {
    'volatile': DurabilityPolicy.VOLATILE,
    'transient_local': DurabilityPolicy.TRANSIENT_LOCAL,
}

Callback = Callable[[Any, dict[str, Any]], None]


@dataclass(frozen=True)
class Quality:
    """What is asked of the subscription: `reliability` may be 'auto'."""

    reliability: str
    durability: str
    depth: int


def declare_quality(node: Node, topic: str, reliability: str) -> Quality:
    """Declare the standard `qos_overrides` parameters of a topic; returns what they ask for.

    They are declared here and not by rclpy, which has no 'auto'.

    Raises:
        ValueError: if a value is not known or has another type.
    """
    defaults = Quality(reliability, 'volatile', 1)
    choices = {
        'reliability': ('auto', *RELIABILITIES),
        'durability': tuple(DURABILITIES),
        'depth': (),
    }
    values: dict[str, Any] = {}
    for policy, known in choices.items():
        name = f'qos_overrides.{topic}.subscription.{policy}'
        if not node.has_parameter(name):
            descriptor = ParameterDescriptor(
                description=f'{policy} of the subscription to {topic}',
                read_only=True,
                additional_constraints=f'one of: {", ".join(known)}' if known else '',
            )
            declare_one(node, name, getattr(defaults, policy), descriptor)
        values[policy] = node.get_parameter(name).value
        if known and values[policy] not in known:
            raise ValueError(f'{name} must be one of {", ".join(known)}, got {values[policy]!r}')
    if values['depth'] < 1:
        raise ValueError(
            f'qos_overrides.{topic}.subscription.depth must be at least 1, got {values["depth"]}'
        )
    return Quality(**values)


class InputSubscription:
    """Subscribes to a topic and follows what is published there.

    Attributes:
        topic: the resolved name.
        message_type: of its messages.
        name: the node's own name of the topic, before remapping.
        since: when it began, or the newest publisher was matched; on the steady clock.
    """

    def __init__(
        self,
        node: Node,
        topic: str,
        message_type: type,
        callback: Callback,
        reliability: str = 'auto',
        name: str = '',
    ) -> None:
        """Subscribe; `callback` gets the message and rclpy's information on it.

        Raises:
            ValueError: if a `qos_overrides` parameter has an unknown value.
        """
        self.topic = topic
        self.message_type = message_type
        self.name = name
        self.since = time.perf_counter()
        self._node = node
        self._callback = callback
        self._quality = declare_quality(node, topic, reliability)
        self._profile = self._choose()
        self._previous: Subscription | None = None
        self._last: Any = None
        self._matched: set[bytes] = set()
        self._subscription = self._subscribe()

    @property
    def profile(self) -> QoSProfile:
        """What is asked for at present."""
        return self._profile

    def publishers(self) -> list[Any]:
        """Return what the graph knows of the publishers, of whatever type."""
        return self._node.get_publishers_info_by_topic(self.topic)

    def follow_publisher(self) -> None:
        """Note new publishers; subscribe anew where the reliability of publishers changed."""
        self._note_matches()
        profile = self._choose()
        if profile == self._profile or not self.publishers():
            return
        self._node.get_logger().info(
            f'{self.topic} is published as {profile.reliability.name.lower()}: subscribing alike'
        )
        self._profile = profile
        self._end_previous()
        # The old one goes on until the new one hears something: no image gets lost between.
        self._previous = self._subscription
        self._subscription = self._subscribe()

    def destroy(self) -> None:
        """End the subscription."""
        self._end_previous()
        self._node.destroy_subscription(self._subscription)

    def _note_matches(self) -> None:
        known, self._matched = self._matched, {bytes(i.endpoint_gid) for i in self.publishers()}
        if self._matched - known:
            self.since = time.perf_counter()

    def _choose(self) -> QoSProfile:
        return QoSProfile(
            history=HistoryPolicy.KEEP_LAST,
            depth=self._quality.depth,
            reliability=self._choose_reliability(),
            durability=DURABILITIES[self._quality.durability],
        )

    def _choose_reliability(self) -> ReliabilityPolicy:
        wanted = self._quality.reliability
        if wanted != 'auto':
            return RELIABILITIES[wanted]
        offered = [info.qos_profile.reliability for info in self.publishers()]
        # Best effort hears every publisher, but loses parts of large images.
        if offered and all(policy == ReliabilityPolicy.RELIABLE for policy in offered):
            return ReliabilityPolicy.RELIABLE
        return ReliabilityPolicy.BEST_EFFORT

    def _subscribe(self) -> Subscription:
        def deliver(message: Any, info: dict[str, Any]) -> None:
            self._deliver(message, info, subscription)

        events = SubscriptionEventCallbacks(use_default_callbacks=True)
        if hasattr(events, 'matched'):  # since Jazzy: a publisher came or went
            events.matched = lambda _: self.follow_publisher()
        subscription = self._node.create_subscription(
            self.message_type, self.topic, deliver, self._profile, event_callbacks=events
        )
        return subscription

    def _deliver(self, message: Any, info: dict[str, Any], source: Subscription) -> None:
        if self._previous is not None:
            if source is self._subscription:
                self._end_previous()
                if message.header == self._last:
                    return  # the old subscription has brought it already
            self._last = message.header
        self._callback(message, info)

    def _end_previous(self) -> None:
        if self._previous is not None:
            self._node.destroy_subscription(self._previous)
            self._previous = None
