# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""A camera that sends images to a real node over DDS, and notes its results."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import cycle
from typing import Any, TypeVar

import rclpy
from rclpy.executors import SingleThreadedExecutor
from rclpy.node import Node
from rclpy.time import Time
from sensor_msgs.msg import Image
from std_msgs.msg import Header
from tqdm import tqdm
from vision_msgs.msg import Detection2DArray

from fairmot_ros.cli.shipped_clips import PEDESTRIANS
from fairmot_ros.media.video_source import VideoSource
from fairmot_ros.msg import Timing
from fairmot_ros.ros.conversions.images import from_bgr
from fairmot_ros.ros.tools.node_processes import (
    DomainLock,
    NodeProcess,
    local_environment,
    make_log_folder,
)

PATIENCE = 120.0  # seconds for the node to load its model
SETTLING = 3.0  # seconds in which the node subscribes anew, as reliable, and images can get lost
PROBE_RATE, PROBE_SECONDS = 50.0, 20.0  # images per second, more than a CPU can process


class Camera(Node):
    """Sends images stamped with the time of sending, and notes how old each result is."""

    def __init__(self, context: rclpy.Context) -> None:
        super().__init__('camera', context=context)
        self._executor = SingleThreadedExecutor(context=context)
        self._executor.add_node(self)
        self._images = self.images()
        self._publisher = self.create_publisher(Image, 'image', 1)
        self.create_subscription(Detection2DArray, 'fairmot/detections', self._on_result, 10)
        self.create_subscription(Timing, 'fairmot/timing', self._on_timing, 1)
        self.ages: list[float] = []
        self.timing: Timing | None = None
        self.node: NodeProcess | None = None  # set by `camera_of_node`

    def _on_result(self, message: Detection2DArray) -> None:
        age = self.get_clock().now() - Time.from_msg(message.header.stamp)
        self.ages.append(age.nanoseconds * 1e-9)

    def _on_timing(self, message: Timing) -> None:
        self.timing = message

    def images(self) -> Iterator[Image]:
        """Return the images to send, without end."""
        return cycle([from_bgr(frame, Header()) for frame in VideoSource(PEDESTRIANS)])

    def send(self) -> None:
        """Publish the next image."""
        image = next(self._images)
        image.header.stamp = self.get_clock().now().to_msg()
        self._publisher.publish(image)

    def listen(self, until: float) -> None:
        """Take in results until a time of the monotonic clock."""
        while (left := until - time.monotonic()) > 0:
            self._executor.spin_once(timeout_sec=left)

    def wait_for_node(self) -> None:
        """Send images until the node answers, and let it answer all of them."""
        deadline = time.monotonic() + PATIENCE
        while not self.ages and time.monotonic() < deadline:
            self.send()
            self.listen(time.monotonic() + 0.5)
        if not self.ages:
            raise RuntimeError(f'the node gave no result within {PATIENCE:.0f} s')
        self.listen(time.monotonic() + SETTLING)

    def exchange(self) -> None:
        """Send the next image and wait for its result."""
        results = len(self.ages)
        self.send()
        deadline = time.monotonic() + PATIENCE
        while len(self.ages) == results:
            if time.monotonic() > deadline:
                raise RuntimeError(f'the node gave no result within {PATIENCE:.0f} s')
            self._executor.spin_once(timeout_sec=0.1)

    def final_timing(self) -> Timing:
        """Return the node's figures once they include the last image."""
        deadline = time.monotonic() + PATIENCE
        while self.timing is None or self.timing.processed < len(self.ages):
            if time.monotonic() > deadline:
                raise RuntimeError(f'the node published no timing within {PATIENCE:.0f} s')
            self.listen(time.monotonic() + 0.5)
        return self.timing

    def capacity(self) -> float:
        """Return how many images per second the node can process: what it does of far more."""
        self.wait_for_node()
        with tqdm(total=int(PROBE_RATE * PROBE_SECONDS), unit='image', leave=False) as progress:
            results = self.overload(PROBE_RATE, PROBE_SECONDS, progress)
        return len(results) / PROBE_SECONDS

    def overload(self, rate: float, seconds: float, progress: tqdm) -> list[float]:
        """Send at a rate for a while; returns the ages of the results, in seconds."""
        self.ages.clear()
        started = time.monotonic()
        for i in range(int(rate * seconds)):
            self.listen(started + i / rate)
            self.send()
            progress.update()
        return list(self.ages)


C = TypeVar('C', bound=Camera)


@contextmanager
def camera_of_node(
    camera_type: type[C],
    module: str = 'fairmot_ros.ros.nodes.fairmot_node',
    parameters: Mapping[str, Any] | None = None,
) -> Iterator[C]:
    """Start a node in a domain of its own, and give the camera whose images it gets."""
    domain = DomainLock()
    logs = make_log_folder()
    environment = local_environment(domain.number, logs)
    node = NodeProcess(
        'tracker', module, environment, logs / 'tracker.log', dict(parameters or {})
    )
    context = rclpy.Context()
    rclpy.init(context=context, domain_id=domain.number)
    camera = camera_type(context)
    camera.node = node
    try:
        yield camera
    finally:
        camera.destroy_node()
        rclpy.try_shutdown(context=context)
        node.stop()
        domain.release()
