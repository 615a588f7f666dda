# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""A process with reliable subscriptions whose messages are never taken.

Run it with the number of subscriptions per topic, and `--keep-all` for readers that keep every
message. It prints READY once all of them have a publisher.
"""

from __future__ import annotations

import signal
import sys
import time

import rclpy
from rclpy.qos import HistoryPolicy, QoSProfile, ReliabilityPolicy
from sensor_msgs.msg import Image

from fairmot_ros.msg import TrackArray

READY = 'all subscriptions have a publisher'
TOPICS = (('fairmot/tracks', TrackArray), ('fairmot/image_annotated', Image))


def main(count: int, *, keep_all: bool) -> None:
    rclpy.init()
    node = rclpy.create_node(f'idle_{count}_{keep_all}')
    quality = QoSProfile(
        history=HistoryPolicy.KEEP_ALL if keep_all else HistoryPolicy.KEEP_LAST,
        depth=10,
        reliability=ReliabilityPolicy.RELIABLE,
    )
    for topic, kind in TOPICS:
        for _ in range(count):
            node.create_subscription(kind, topic, print, quality)
    while not all(node.count_publishers(topic) for topic, _ in TOPICS):
        time.sleep(0.05)
    print(READY, flush=True)
    signal.pause()  # until the test ends it


if __name__ == '__main__':
    main(int(sys.argv[1]), keep_all='--keep-all' in sys.argv)
