# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""The `fairmot_player` node: publishes a video or an image folder as camera images."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rclpy.node import Node
from rclpy.qos import DurabilityPolicy, QoSProfile, ReliabilityPolicy
from rclpy.time import Time
from sensor_msgs.msg import Image
from std_msgs.msg import Header, UInt32
from vision_msgs.msg import Detection2DArray

from fairmot_ros.media.video_source import SourceError, VideoSource
from fairmot_ros.ros.conversions.images import from_bgr
from fairmot_ros.ros.health.name_watch import NameWatch
from fairmot_ros.ros.nodes.run_node import run_node
from fairmot_ros.ros.parameters.declaration import declare_read_only

RELIABLE = QoSProfile(depth=5, reliability=ReliabilityPolicy.RELIABLE)
LATCHED = QoSProfile(depth=1, durability=DurabilityPolicy.TRANSIENT_LOCAL)
PARAMETERS = {
    'video': ('', 'video file or folder of images'),
    'frame_rate': (0.0, 'frames per second; 0 uses the rate in seqinfo.ini or in the video'),
    'every_frame': (
        False,
        'publish the next image only after a result of the previous one has arrived on '
        '`detections`; otherwise play in real time',
    ),
    'max_frames': (0, 'number of images after which to stop; 0 plays all'),
    'loop': (False, 'restart at the end, with increasing stamps'),
    'subscribers': (1, 'number of subscribers of `image` to wait for before the start'),
    'frame_id': ('camera', 'frame_id of the images'),
}


class PlayerNode(Node):
    """Publishes `image`, and after the last image their number on `~/frames_sent`.

    Stamps follow the frame numbers: start time + (frame number - first number) / frame rate. A
    frame without an image, in a folder, leaves a gap.
    """

    def __init__(self, node_name: str = 'player', **options: Any) -> None:
        """Declare the parameters and open the video.

        Args:
            node_name: of the node, unless it is remapped.
            options: of `rclpy.node.Node`.

        Raises:
            SourceError: if the video cannot be read.
            ValueError: if a parameter has the wrong type.
        """
        super().__init__(node_name, **options)
        values = declare_read_only(self, PARAMETERS)
        if not values['video']:
            raise SourceError(
                'the parameter `video` is empty: give a video file or a folder of images'
            )
        self.source = VideoSource(values['video'], values['frame_rate'])
        self.finished = False
        self._subscribers = values['subscribers']
        self._every_frame = values['every_frame']
        self._frame_id = values['frame_id']
        frames = self._frames(loop=values['loop'])
        self._images = islice(frames, values['max_frames'] or None)
        self._next = next(self._images, None)
        self._sent = 0
        self._last_sent = 0  # offset of the last image published, in frames from the first
        self._last_processed = -1  # offset of the last image with a result
        self._start: Time | None = None
        self._started = 0.0  # start on the monotonic clock, seconds
        for note in self.source.notes:
            self.get_logger().warning(f'{self.source.path}: {note}')
        self._publisher = self.create_publisher(Image, 'image', RELIABLE)
        self._total = self.create_publisher(UInt32, '~/frames_sent', LATCHED)
        if self._every_frame:
            self.create_subscription(Detection2DArray, 'detections', self._on_result, 10)
        self.create_timer(0.002, self._on_tick)
        self._name_watch = NameWatch(self)

    def _frames(self, *, loop: bool) -> Iterator[tuple[int, NDArray[np.uint8]]]:
        """Yield image and offset, in frames from the first one; endlessly if `loop`."""
        loop_start = 0
        while True:
            next_start = loop_start
            for number, image in self.source.frames():
                offset = loop_start + number - self.source.first_number
                next_start = offset + 1
                yield offset, image
            if not loop:
                return
            loop_start = next_start

    def _stamp(self, offset: int) -> Time:
        assert self._start is not None
        nanoseconds = self._start.nanoseconds + round(offset * 1e9 / self.source.frame_rate)
        return Time(nanoseconds=nanoseconds, clock_type=self._start.clock_type)

    def _on_result(self, message: Detection2DArray) -> None:
        if self._start is not None:
            elapsed = Time.from_msg(message.header.stamp).nanoseconds - self._start.nanoseconds
            offset = round(elapsed * 1e-9 * self.source.frame_rate)
            self._last_processed = max(self._last_processed, offset)

    def _on_tick(self) -> None:
        if self.finished or not self._ready():
            return
        if self._next is None:
            self._finish()
            return
        offset, image = self._next
        if self._start is None:
            self._start = self.get_clock().now()
            self._started = time.monotonic()
        header = Header(stamp=self._stamp(offset).to_msg(), frame_id=self._frame_id)
        self._publisher.publish(from_bgr(image, header))
        self._sent += 1
        self._last_sent = offset
        self._next = next(self._images, None)

    def _ready(self) -> bool:
        if self._start is None:
            subscribed = self._publisher.get_subscription_count() >= self._subscribers
            return subscribed and (not self._every_frame or self._has_result_publisher())
        if self._every_frame:
            return self._last_processed >= self._last_sent
        offset = self._next[0] if self._next is not None else self._last_sent + 1
        return time.monotonic() >= self._started + offset / self.source.frame_rate

    def _has_result_publisher(self) -> bool:
        return self.count_publishers(self.resolve_topic_name('detections')) > 0

    def _finish(self) -> None:
        self._total.publish(UInt32(data=self._sent))
        for note in self.source.unreadable:
            self.get_logger().warning(f'{note}: left out')
        self.get_logger().info(f'published {self._sent} images of {self.source.path}')
        self.finished = True


def main() -> int:
    """Run the node until it is interrupted."""
    return run_node(PlayerNode, mistakes=(SourceError,))


if __name__ == '__main__':
    sys.exit(main())
