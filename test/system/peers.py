"""Real nodes in real processes, and a node here that talks with them over real DDS."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import rclpy
from diagnostic_msgs.msg import DiagnosticArray
from rclpy.executors import SingleThreadedExecutor
from rclpy.node import Node
from rclpy.publisher import Publisher
from rclpy.qos import DurabilityPolicy, QoSProfile, ReliabilityPolicy
from sensor_msgs.msg import Image
from std_msgs.msg import Header

from fairmot_ros.ros.conversions.images import from_bgr
from fairmot_ros.ros.tools.node_processes import NodeProcess

PATIENCE = 90.0  # seconds: nothing here takes as long, unless the machine is very busy
LATCHED = QoSProfile(depth=1, durability=DurabilityPolicy.TRANSIENT_LOCAL)


class Peer(Node):
    """The other end of the topics: collects what arrives and waits for it."""

    def __init__(self, context: rclpy.Context) -> None:
        super().__init__('peer', context=context)
        self.spinner = SingleThreadedExecutor(context=context)
        self.spinner.add_node(self)
        self.received: dict[str, list[Any]] = {}
        self._camera = self.create_publisher(Image, 'image', 10)

    def listen(self, message_type: Any, topic: str, qos: Any = 10) -> list[Any]:
        """Subscribe; returns the list that grows with every message."""
        messages = self.received.setdefault(topic, [])
        self.create_subscription(message_type, topic, messages.append, qos)
        self.wait(lambda: self.count_publishers(topic) > 0, f'a publisher of {topic}')
        return messages

    def wait(self, condition: Callable[[], Any], what: str, timeout: float = PATIENCE) -> Any:
        """Spin until the condition is true; returns its value."""
        end = time.monotonic() + timeout
        while not (value := condition()):
            assert time.monotonic() < end, f'waited {timeout:.0f} s in vain for {what}'
            self.spinner.spin_once(timeout_sec=0.05)
        return value

    def call(self, service_type: Any, name: str, /, **request: Any) -> Any:
        """Call a service; returns the response."""
        client = self.create_client(service_type, name)
        self.wait(client.service_is_ready, f'the service {name}')
        future = client.call_async(service_type.Request(**request))
        self.wait(future.done, f'an answer of {name}')
        self.destroy_client(client)
        return future.result()

    def listen_to_diagnostics(self) -> list[DiagnosticArray]:
        """Subscribe before a node is there; returns the list that grows with every message."""
        messages: list[DiagnosticArray] = []
        self.create_subscription(DiagnosticArray, '/diagnostics', messages.append, 10)
        return messages

    def drop_camera(self) -> None:
        """Stop publishing `image`, so that another publisher is alone."""
        self.destroy_publisher(self._camera)

    def advertise(self, message_type: Any, topic: str) -> Publisher:
        """Create a reliable publisher and wait until the node listens to it as reliably."""
        publisher = self.create_publisher(message_type, topic, 10)
        self.wait_for_listener(topic)
        return publisher

    def wait_for_listener(self, topic: str) -> None:
        """Wait for a reliable subscriber.

        Best effort, as the node listens until it has seen this publisher, may lose messages.
        """
        self.wait(
            lambda: any(
                info.qos_profile.reliability == ReliabilityPolicy.RELIABLE
                for info in self.get_subscriptions_info_by_topic(topic)
            ),
            f'a reliable subscriber of {topic}',
        )

    def send(self, image: Image) -> None:
        self.wait_for_listener('image')
        self._camera.publish(image)

    def send_picture(self, picture: np.ndarray, seconds: float, frame_id: str = 'eye') -> Image:
        """Publish a picture stamped with some seconds."""
        message = make_image(picture, seconds, frame_id)
        self.send(message)
        return message


def make_image(picture: np.ndarray, seconds: float, frame_id: str = 'eye') -> Image:
    message = from_bgr(picture, Header(frame_id=frame_id))
    message.header.stamp.sec = int(seconds)
    message.header.stamp.nanosec = round(seconds % 1 * 1e9)
    return message


class Camera:
    """Sends pictures one by one and waits for the answer to each.

    Every camera begins in a time of its own, later than all before.
    """

    _next_start = 1000.0

    def __init__(self, peer: Peer, answers: list[Any], rate: float = 7.0) -> None:
        self.peer = peer
        self.answers = answers
        self.rate = rate
        self.time = Camera._next_start
        Camera._next_start += 1000.0

    def show(self, picture: np.ndarray) -> Any:
        """Send the next picture; returns the message with the same stamp."""
        self.time += 1 / self.rate
        return self.answer_to(self.peer.send_picture(picture, self.time))

    def answer_to(self, image: Image) -> Any:
        stamp = image.header.stamp
        return self.peer.wait(
            lambda: next((a for a in self.answers if a.header.stamp == stamp), None),
            f'the result of the image at {stamp.sec}.{stamp.nanosec:09}',
        )


class NodeStarter:
    """Starts nodes by module name and ends all that are left."""

    def __init__(self, environment: dict[str, str], folder: Path) -> None:
        self._environment = environment
        self._folder = folder
        self._nodes: list[NodeProcess] = []

    def __call__(
        self,
        module: str,
        parameters: dict[str, Any] | None = None,
        remappings: dict[str, str] | None = None,
    ) -> NodeProcess:
        log = self._folder / f'{module}_{len(self._nodes)}.log'
        node = NodeProcess(
            module, f'fairmot_ros.ros.{module}', self._environment, log, parameters, remappings
        )
        self._nodes.append(node)
        return node

    def end(self) -> None:
        for node in self._nodes:
            node.stop()
            print(f'--- {node.name}', node.last_lines(40), sep='\n')
