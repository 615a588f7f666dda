"""The camera subscription: newest image alone, reliability as the publisher offers it."""

from __future__ import annotations

from collections.abc import Callable

from rclpy.node import Node
from rclpy.qos import HistoryPolicy, QoSProfile, ReliabilityPolicy
from rclpy.qos_overriding_options import QoSOverridingOptions
from rclpy.subscription import Subscription
from sensor_msgs.msg import CompressedImage, Image

POLICIES = {
    'reliable': ReliabilityPolicy.RELIABLE,
    'best_effort': ReliabilityPolicy.BEST_EFFORT,
}


class ImageSubscription:
    """Subscribes to `image` (or `image/compressed`) and follows what is published there.

    Attributes:
        topic: the resolved name.
    """

    def __init__(self, node: Node, callback: Callable[[Image | CompressedImage], None],
                 transport: str = 'raw', reliability: str = 'auto') -> None:
        """Subscribe; `reliability` is 'auto', 'reliable' or 'best_effort'."""
        self._node = node
        self._callback = callback
        self._type = CompressedImage if transport == 'compressed' else Image
        # The suffix goes behind the remapped name, as image_transport has it.
        self.topic = node.resolve_topic_name('image')
        if transport == 'compressed':
            self.topic += '/compressed'
        self._wanted = reliability
        self._policy = self._choose()
        self._subscription = self._subscribe(declare_overrides=True)

    def _choose(self) -> ReliabilityPolicy:
        if self._wanted != 'auto':
            return POLICIES[self._wanted]
        offered = [
            info.qos_profile.reliability
            for info in self._node.get_publishers_info_by_topic(self.topic)
        ]
        # Best effort hears every publisher, but loses parts of large images.
        if offered and all(policy == ReliabilityPolicy.RELIABLE for policy in offered):
            return ReliabilityPolicy.RELIABLE
        return ReliabilityPolicy.BEST_EFFORT

    def _subscribe(self, declare_overrides: bool = False) -> Subscription:
        profile = QoSProfile(
            history=HistoryPolicy.KEEP_LAST, depth=1, reliability=self._policy
        )
        options = {}
        name = f'qos_overrides.{self.topic}.subscription.reliability'
        if declare_overrides and not self._node.has_parameter(name):
            options['qos_overriding_options'] = QoSOverridingOptions.with_default_policies()
        elif self._node.has_parameter(name):
            profile.reliability = POLICIES.get(
                str(self._node.get_parameter(name).value).lower(), self._policy
            )
        return self._node.create_subscription(
            self._type, self.topic, self._callback, profile, **options
        )

    def follow_publisher(self) -> None:
        """Subscribe anew where the publishers' reliability changed."""
        policy = self._choose()
        if self._wanted == 'auto' and self._node.count_publishers(self.topic) and (
            policy != self._policy
        ):
            self._policy = policy
            self._node.get_logger().info(
                f'{self.topic} is published as {policy.name.lower()}: subscribing alike'
            )
            self._node.destroy_subscription(self._subscription)
            self._subscription = self._subscribe()

    def destroy(self) -> None:
        """End the subscription."""
        self._node.destroy_subscription(self._subscription)
