"""The `fairmot_player` node: plays a video or a folder of pictures as camera images."""

from __future__ import annotations

import sys
import time
from itertools import chain, islice, repeat

from rclpy.node import Node
from rclpy.qos import DurabilityPolicy, QoSProfile, ReliabilityPolicy
from rclpy.time import Time
from sensor_msgs.msg import Image
from std_msgs.msg import Header, UInt32
from vision_msgs.msg import Detection2DArray

from fairmot_ros.ros.image_conversion import from_bgr
from fairmot_ros.ros.parameters.declaration import declare_plain
from fairmot_ros.ros.spinning import run_node
from fairmot_ros.ros.video_source import SourceError, VideoSource

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

    The stamp of image i (from 0) is the start plus i / frame rate.
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
        rounds = repeat(self.source) if values['loop'] else [self.source]
        self._images = islice(chain.from_iterable(rounds), values['max_frames'] or None)
        self._sent = 0
        self._answered = -1  # number of the newest image with a result
        self._start: Time | None = None
        self._next_time = 0.0
        self._publisher = self.create_publisher(Image, 'image', RELIABLE)
        self._total = self.create_publisher(UInt32, '~/frames_sent', LATCHED)
        if self._every_frame:
            self.create_subscription(Detection2DArray, 'detections', self._on_result, 10)
        self.create_timer(0.002, self._on_tick)

    def _stamp(self, number: int) -> Time:
        assert self._start is not None
        nanoseconds = self._start.nanoseconds + round(number * 1e9 / self.source.frame_rate)
        return Time(nanoseconds=nanoseconds, clock_type=self._start.clock_type)

    def _on_result(self, message: Detection2DArray) -> None:
        if self._start is not None:
            elapsed = Time.from_msg(message.header.stamp).nanoseconds - self._start.nanoseconds
            self._answered = max(self._answered, round(elapsed * 1e-9 * self.source.frame_rate))

    def _on_tick(self) -> None:
        if self.finished or not self._ready():
            return
        image = next(self._images, None)
        if image is None:
            self._finish()
            return
        if self._start is None:
            self._start = self.get_clock().now()
            self._next_time = time.monotonic()
        header = Header(stamp=self._stamp(self._sent).to_msg(), frame_id=self._frame_id)
        self._publisher.publish(from_bgr(image, header))
        self._sent += 1
        self._next_time += 1.0 / self.source.frame_rate

    def _ready(self) -> bool:
        if self._start is None:
            heard = self._publisher.get_subscription_count() >= self._subscribers
            answers = not self._every_frame or self._answers() > 0
            return heard and answers
        if self._every_frame:
            return self._answered >= self._sent - 1
        return time.monotonic() >= self._next_time

    def _answers(self) -> int:
        return self.count_publishers(self.resolve_topic_name('detections'))

    def _finish(self) -> None:
        self._total.publish(UInt32(data=self._sent))
        self.get_logger().info(f'played {self._sent} images of {self.source.path}')
        self.finished = True


def main() -> int:
    """Run the node until its last image was played and it is told to stop."""
    return run_node(PlayerNode)


if __name__ == '__main__':
    sys.exit(main())
