"""The `fairmot_player` node: plays a video or a folder of pictures as camera images."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from itertools import islice

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
from fairmot_ros.ros.nodes.run_node import run_node
from fairmot_ros.ros.parameters.declaration import declare_plain

RELIABLE = QoSProfile(depth=5, reliability=ReliabilityPolicy.RELIABLE)
LATCHED = QoSProfile(depth=1, durability=DurabilityPolicy.TRANSIENT_LOCAL)
PARAMETERS = {
    'video': ('', 'video file or folder of pictures'),
    'frame_rate': (0.0, 'images per second; 0 for the rate of seqinfo.ini or the video itself'),
    'every_frame': (
        False,
        'wait for the result (topic `detections`) of each image before the '
        'next, however long that takes, instead of playing in real time',
    ),
    'max_frames': (0, 'stop after this many images; 0 for all'),
    'loop': (False, 'begin again at the end; the stamps go on'),
    'subscribers': (1, 'begin when this many nodes listen to `image`'),
    'frame_id': ('camera', 'frame of the images'),
}


class PlayerNode(Node):
    """Publishes `image`, and how many it published on `~/frames_sent` once it is through.

    The stamp of a frame is the start plus its distance from the first frame, in frames, over the
    frame rate: where a folder has no image of a frame, its time passes without one.
    """

    def __init__(self) -> None:
        """Open the video.

        Raises:
            SourceError: if it cannot be played.
        """
        super().__init__('player')
        values = declare_plain(self, PARAMETERS)
        if not values['video']:
            raise SourceError('the parameter `video` is empty: give a video file or a folder')
        self.source = VideoSource(values['video'], values['frame_rate'])
        self.finished = False
        self._subscribers = values['subscribers']
        self._every_frame = values['every_frame']
        self._frame_id = values['frame_id']
        frames = self._frames(loop=values['loop'])
        self._images = islice(frames, values['max_frames'] or None)
        self._next = next(self._images, None)
        self._sent = 0
        self._newest = 0  # frames from the start to the newest image sent
        self._answered = -1  # and to the newest one with a result
        self._start: Time | None = None
        self._started = 0.0  # of the monotonic clock, seconds
        for note in self.source.notes:
            self.get_logger().warning(f'{self.source.path}: {note}')
        self._publisher = self.create_publisher(Image, 'image', RELIABLE)
        self._total = self.create_publisher(UInt32, '~/frames_sent', LATCHED)
        if self._every_frame:
            self.create_subscription(Detection2DArray, 'detections', self._on_result, 10)
        self.create_timer(0.002, self._on_tick)

    def _frames(self, *, loop: bool) -> Iterator[tuple[int, NDArray[np.uint8]]]:
        """Yield each image with its distance from the first frame; endless if `loop`."""
        start = 0
        while True:
            after = start
            for number, image in self.source.frames():
                offset = start + number - self.source.first_number
                after = offset + 1
                yield offset, image
            if not loop:
                return
            start = after

    def _stamp(self, offset: int) -> Time:
        assert self._start is not None
        nanoseconds = self._start.nanoseconds + round(offset * 1e9 / self.source.frame_rate)
        return Time(nanoseconds=nanoseconds, clock_type=self._start.clock_type)

    def _on_result(self, message: Detection2DArray) -> None:
        if self._start is not None:
            elapsed = Time.from_msg(message.header.stamp).nanoseconds - self._start.nanoseconds
            self._answered = max(self._answered, round(elapsed * 1e-9 * self.source.frame_rate))

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
        self._newest = offset
        self._next = next(self._images, None)

    def _ready(self) -> bool:
        if self._start is None:
            subscribed = self._publisher.get_subscription_count() >= self._subscribers
            return subscribed and (not self._every_frame or self._has_result_publisher())
        if self._every_frame:
            return self._answered >= self._newest
        offset = self._next[0] if self._next is not None else self._newest + 1
        return time.monotonic() >= self._started + offset / self.source.frame_rate

    def _has_result_publisher(self) -> bool:
        return self.count_publishers(self.resolve_topic_name('detections')) > 0

    def _finish(self) -> None:
        self._total.publish(UInt32(data=self._sent))
        for note in self.source.unreadable:
            self.get_logger().warning(f'{note}: left out')
        self.get_logger().info(f'played {self._sent} images of {self.source.path}')
        self.finished = True


def main() -> int:
    """Run the node until its last image was played and it is told to stop."""
    return run_node(PlayerNode, mistakes=(SourceError,))


if __name__ == '__main__':
    sys.exit(main())
