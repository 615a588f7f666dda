# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""The `fairmot_recorder` node: writes the results of a tracker to files."""

from __future__ import annotations

import json
import struct
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
from rclpy.node import Node
from rclpy.qos import DurabilityPolicy, QoSProfile, ReliabilityPolicy
from sensor_msgs.msg import Image
from std_msgs.msg import UInt32
from tqdm import tqdm

from fairmot_ros.files.writing import BlockFile, WriteError, write_text
from fairmot_ros.media.video_writer import VideoFile
from fairmot_ros.msg import Track, TrackArray
from fairmot_ros.ros.conversions.images import to_bgr
from fairmot_ros.ros.health.input_diagnosis import explain_shared_topic
from fairmot_ros.ros.health.name_watch import NameWatch
from fairmot_ros.ros.nodes.run_node import run_node
from fairmot_ros.ros.parameters.declaration import declare_read_only
from fairmot_ros.starting import ExitCode

RELIABLE = QoSProfile(depth=10, reliability=ReliabilityPolicy.RELIABLE)
LATCHED = QoSProfile(depth=1, durability=DurabilityPolicy.TRANSIENT_LOCAL)
PARAMETERS = {
    'output': ('out', 'folder for annotated.mp4, results.txt and recording.json'),
    'frame_rate': (25.0, 'frames per second of the source; converts stamps to frame numbers'),
    'first_frame': (1, 'frame number of the first image'),
    'patience': (5.0, 'seconds to wait for further results after the last image was published'),
    'progress_total': (0, 'number of images of the progress bar; 0 shows no bar'),
    'progress_title': ('tracking', 'title of the progress bar'),
}
CDR_STAMP = struct.Struct('<4xiI')  # CDR encapsulation, then the stamp: sec, nanosec


class RecorderNode(Node):
    """Records `tracks` and `image_annotated`, with latencies measured from `image`.

    It subscribes to `image` only after both results have a publisher, so that a player that waits
    for subscribers starts when the tracker is ready.

    Latency is the time from the publication of an image to that of its tracks, by the source
    timestamps of DDS.

    A failed write, e.g. on a full disk, ends the recording; earlier results are kept.

    Attributes:
        finished: whether the recording has ended.
        fault: why it ended early, '' if it did not.
    """

    def __init__(self, node_name: str = 'recorder', **options: Any) -> None:
        """Declare the parameters and create the output files.

        Args:
            node_name: of the node, unless it is remapped.
            options: of `rclpy.node.Node`.

        Raises:
            ValueError: if a parameter has the wrong type.
            OSError: if the folder cannot be written.
        """
        self._open = False  # set first: `destroy_node()` is called if the construction fails
        super().__init__(node_name, **options)
        values = declare_read_only(self, PARAMETERS)
        self.finished = False
        self.fault = ''
        self._folder = Path(values['output'])
        self._folder.mkdir(parents=True, exist_ok=True)
        self._rate = values['frame_rate']
        self._patience = values['patience']
        self._first_frame = values['first_frame']
        self._results = BlockFile(self._folder / 'results.txt')
        self._video = VideoFile(self._folder / 'annotated.mp4', self._rate)
        self._warned: set[str] = set()
        self._first_stamp: int | None = None  # of the first image, nanoseconds
        self._sent_at: dict[int, int] = {}  # time of publication by stamp, nanoseconds
        self._latencies: list[float] = []  # milliseconds
        self._early: list[tuple[TrackArray, int]] = []  # tracks received before their image
        self._ids: set[int] = set()
        self._processed = self._boxes = self._annotated = 0
        self._sent: int | None = None
        self._last_received = time.monotonic()
        self._progress = tqdm(
            total=values['progress_total'] or None,
            disable=not values['progress_total'],
            unit='frame',
            desc=values['progress_title'],
            mininterval=0.2 if sys.stderr.isatty() else 10.0,
        )
        self._result_topics = [
            self.create_subscription(kind, topic, callback, RELIABLE).topic_name
            for kind, topic, callback in (
                (TrackArray, 'tracks', self._on_tracks),
                (Image, 'image_annotated', self._on_annotated),
            )
        ]
        self._subscribed_to_images = False
        self._open = True
        self.create_subscription(UInt32, 'frames_sent', self._on_sent, LATCHED)
        self.create_timer(0.2, self._on_timer)
        self._name_watch = NameWatch(self)

    def _on_image(self, data: bytes, info: dict) -> None:
        """Record the time of publication; the serialised pixels are not read."""
        seconds, nanoseconds = CDR_STAMP.unpack_from(data)
        stamp = seconds * 1_000_000_000 + nanoseconds
        if self._first_stamp is None:
            self._first_stamp = stamp
        self._sent_at[stamp] = info['source_timestamp']
        early, self._early = self._early, []
        for message, published in early:
            self._record(message, published)

    def _on_tracks(self, message: TrackArray, info: dict) -> None:
        self._last_received = time.monotonic()
        self._record(message, info['source_timestamp'])

    def _record(self, message: TrackArray, published: int) -> None:
        stamp = message.header.stamp.sec * 1_000_000_000 + message.header.stamp.nanosec
        sent_at = self._sent_at.pop(stamp, None)
        if sent_at is None:  # the tracks arrived before their image
            self._early.append((message, published))
            return
        assert self._first_stamp is not None
        if self.fault:
            return
        self._latencies.append((published - sent_at) * 1e-6)
        number = round((stamp - self._first_stamp) * 1e-9 * self._rate) + self._first_frame
        tracked = [track for track in message.tracks if track.state == track.TRACKED]
        try:
            self._results.write(''.join(_line(number, track) for track in tracked))
        except WriteError as error:
            self._stop(str(error))
            return
        self._processed += 1
        self._ids.update(track.track_id for track in tracked)
        self._boxes += len(tracked)
        self._progress.update()

    def _on_annotated(self, message: Image) -> None:
        self._last_received = time.monotonic()
        self._annotated += 1
        try:
            self._video.write(to_bgr(message))
        except WriteError as error:
            self._stop(str(error))
        except ValueError as error:
            self._warn(f'annotated images are left out of the video: {error}')

    def _warn(self, text: str) -> None:
        """Log a warning, each text once."""
        if text not in self._warned:
            self._warned.add(text)
            self.get_logger().warning(text)

    def _stop(self, fault: str) -> None:
        """End the recording because of an error."""
        self.fault = self.fault or fault
        self.finished = True

    def _on_sent(self, message: UInt32) -> None:
        self._sent = message.data
        self._last_received = time.monotonic()

    def _on_timer(self) -> None:
        for topic in self._result_topics:
            if problem := explain_shared_topic(topic, self.count_publishers(topic)):
                self._warn(problem)  # the results of both are mixed
        if not self._subscribed_to_images and all(map(self.count_publishers, self._result_topics)):
            self.create_subscription(Image, 'image', self._on_image, RELIABLE, raw=True)
            self._subscribed_to_images = True
        if self._sent is None:
            return
        complete = min(self._processed, self._annotated) >= self._sent
        if complete or time.monotonic() - self._last_received > self._patience:
            self.finished = True

    def _summary(self) -> dict:
        p50, p95 = (
            np.percentile(self._latencies, (50, 95)).tolist() if self._latencies else (None, None)
        )
        return {
            'frames_sent': self._sent,
            'frames_processed': self._processed,
            'frames_dropped': None if self._sent is None else self._sent - self._processed,
            'frames_annotated': self._video.written,
            'tracks': len(self._ids),
            'boxes': self._boxes,
            'latency_ms': {'p50': p50, 'p95': p95},
        }

    def destroy_node(self) -> None:
        """Close the files and destroy the node."""
        if self._open:
            self._close_files()
        super().destroy_node()

    def _close_files(self) -> None:
        self._results.close()
        self._progress.close()
        for step in (self._video.close, self._write_summary):
            try:
                step()
            except WriteError as error:
                self.fault = self.fault or str(error)
        if self.fault:
            print(f'fairmot_recorder: {self.fault}', file=sys.stderr)

    def _write_summary(self) -> None:
        text = json.dumps(self._summary(), indent=2)
        write_text(self._folder / 'recording.json', f'{text}\n')


def _line(number: int, track: Track) -> str:
    """Format a track as a line of MOTChallenge results."""
    box = track.bbox
    left = box.center.position.x - box.size_x / 2
    top = box.center.position.y - box.size_y / 2
    return (
        f'{number},{track.track_id},{left:.3f},{top:.3f},{box.size_x:.3f},{box.size_y:.3f},'
        f'{track.score:.4f},-1,-1,-1\n'
    )


def main() -> int:
    """Run the node until the recording ends; return 2 if a file cannot be written."""
    nodes: list[RecorderNode] = []

    def make_node() -> Node:
        nodes.append(RecorderNode())
        return nodes[0]

    code = run_node(make_node, done=lambda node: node.finished)
    return ExitCode.USAGE_ERROR if nodes and nodes[0].fault else code


if __name__ == '__main__':
    sys.exit(main())
