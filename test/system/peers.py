# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Nodes in child processes, and a node in this process that communicates with them over DDS."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import rclpy
from diagnostic_msgs.msg import DiagnosticArray
from rclpy.client import Client
from rclpy.executors import SingleThreadedExecutor
from rclpy.node import Node
from rclpy.publisher import Publisher
from rclpy.qos import DurabilityPolicy, QoSProfile, ReliabilityPolicy
from sensor_msgs.msg import Image
from std_msgs.msg import Header

from fairmot_ros.ros.conversions.images import from_bgr
from fairmot_ros.ros.tools.node_processes import NodeProcess

TIMEOUT = 90.0  # seconds; only exceeded on a very busy machine
DISCOVERY = 0.3  # seconds that a server may need to discover a client after the client found it
LATCHED = QoSProfile(depth=1, durability=DurabilityPolicy.TRANSIENT_LOCAL)


class Peer(Node):
    """Node that publishes inputs, collects messages and calls services."""

    def __init__(self, context: rclpy.Context) -> None:
        super().__init__('peer', context=context)
        self.spinner = SingleThreadedExecutor(context=context)
        self.spinner.add_node(self)
        self.received: dict[str, list[Any]] = {}
        self._camera = self.create_publisher(Image, 'image', 10)

    def subscribe(self, message_type: Any, topic: str, qos: Any = 10) -> list[Any]:
        """Subscribe and wait for a publisher; return the list that collects the messages."""
        messages = self.received.setdefault(topic, [])
        self.create_subscription(message_type, topic, messages.append, qos)
        self.wait(lambda: self.count_publishers(topic) > 0, f'a publisher of {topic}')
        return messages

    def wait(self, condition: Callable[[], Any], what: str, timeout: float = TIMEOUT) -> Any:
        """Spin until the condition is true; return its value."""
        end = time.monotonic() + timeout
        while not (value := condition()):
            assert time.monotonic() < end, f'timeout after {timeout:.0f} s: {what}'
            self.spinner.spin_once(timeout_sec=0.05)
        return value

    def connect(self, service_type: Any, name: str) -> Client:
        """Create a client that the server has discovered, too."""
        client = self.create_client(service_type, name)
        self.wait(client.service_is_ready, f'the service {name}')
        # Before, Fast DDS loses a response after 0.1 s, and Cyclone DDS loses the request.
        settled = time.monotonic() + DISCOVERY
        self.wait(lambda: time.monotonic() > settled, 'the discovery of the client')
        return client

    def call(self, service_type: Any, name: str, /, **request: Any) -> Any:
        """Call a service; return the response."""
        client = self.connect(service_type, name)
        future = client.call_async(service_type.Request(**request))
        self.wait(future.done, f'a response of {name}')
        self.destroy_client(client)
        return future.result()

    def subscribe_to_diagnostics(self) -> list[DiagnosticArray]:
        """Subscribe without waiting for a publisher; return the list that collects messages."""
        messages: list[DiagnosticArray] = []
        self.create_subscription(DiagnosticArray, '/diagnostics', messages.append, 10)
        return messages

    def destroy_image_publisher(self) -> None:
        """Destroy the publisher of `image`, so that a test can create the only one."""
        self.destroy_publisher(self._camera)

    def advertise(self, message_type: Any, topic: str) -> Publisher:
        """Create a reliable publisher and wait for a reliable subscriber."""
        publisher = self.create_publisher(message_type, topic, 10)
        self.wait_for_subscriber(topic)
        return publisher

    def wait_for_subscriber(self, topic: str) -> None:
        """Wait for a reliable subscriber.

        Until a node has discovered the publisher, its subscription is best effort, which may lose
        messages.
        """
        self.wait(
            lambda: any(
                info.qos_profile.reliability == ReliabilityPolicy.RELIABLE
                for info in self.get_subscriptions_info_by_topic(topic)
            ),
            f'a reliable subscriber of {topic}',
        )

    def send_message(self, message: Image) -> None:
        """Publish on `image`."""
        self.wait_for_subscriber('image')
        self._camera.publish(message)

    def send_image(self, image: np.ndarray, seconds: float, frame_id: str = 'eye') -> Image:
        """Publish an image with a stamp in seconds; return the message."""
        message = make_image(image, seconds, frame_id)
        self.send_message(message)
        return message


@contextmanager
def open_peer(environment: dict[str, str]) -> Iterator[Peer]:
    """Create a peer in the domain of the environment, and destroy it at the end."""
    context = rclpy.Context()
    rclpy.init(context=context, domain_id=int(environment['ROS_DOMAIN_ID']))
    node = Peer(context)
    try:
        yield node
    finally:
        node.spinner.shutdown()
        node.destroy_node()
        rclpy.try_shutdown(context=context)


def make_image(image: np.ndarray, seconds: float, frame_id: str = 'eye') -> Image:
    message = from_bgr(image, Header(frame_id=frame_id))
    message.header.stamp.sec = int(seconds)
    message.header.stamp.nanosec = round(seconds % 1 * 1e9)
    return message


class Camera:
    """Sends images one by one and waits for the result of each.

    Stamps of a camera are later than those of all cameras created before.
    """

    _next_start = 1000.0

    def __init__(self, peer: Peer, results: list[Any], rate: float = 7.0) -> None:
        self.peer = peer
        self.results = results
        self.rate = rate
        self.time = Camera._next_start
        Camera._next_start += 1000.0

    def send(self, image: np.ndarray) -> Any:
        """Send the next image; return the result with the same stamp."""
        self.time += 1 / self.rate
        return self.result_of(self.peer.send_image(image, self.time))

    def result_of(self, message: Image) -> Any:
        stamp = message.header.stamp
        return self.peer.wait(
            lambda: next((r for r in self.results if r.header.stamp == stamp), None),
            f'the result of the image at {stamp.sec}.{stamp.nanosec:09}',
        )


class NodeStarter:
    """Starts nodes by module name; `end` stops all of them."""

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
