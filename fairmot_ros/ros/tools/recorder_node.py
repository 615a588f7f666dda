"""The `fairmot_recorder` node: writes what a tracker publishes to files."""

from __future__ import annotations

import json
import struct
import sys
import time
from pathlib import Path

import numpy as np
from rclpy.node import Node
from rclpy.qos import DurabilityPolicy, QoSProfile, ReliabilityPolicy
from sensor_msgs.msg import Image
from std_msgs.msg import UInt32
from tqdm import tqdm

from fairmot_ros.media.video_writer import VideoFile
from fairmot_ros.msg import Track, TrackArray
from fairmot_ros.ros.conversions.images import to_bgr
from fairmot_ros.ros.nodes.run_node import run_node
from fairmot_ros.ros.parameters.declaration import declare_plain
from fairmot_ros.starting import ExitCode
from fairmot_ros.written_files import BlockFile, WriteError, write_text

RELIABLE = QoSProfile(depth=10, reliability=ReliabilityPolicy.RELIABLE)
LATCHED = QoSProfile(depth=1, durability=DurabilityPolicy.TRANSIENT_LOCAL)
PARAMETERS = {
    'output': ('out', 'folder for annotated.mp4, results.txt and recording.json'),
    'frame_rate': (25.0, 'images per second of the source; numbers the results by their stamps'),
    'first_frame': (1, 'number of the frame that the first image is'),
    'patience': (5.0, 'seconds to wait for further results after the last image was sent'),
    'progress_total': (0, 'number of images to expect: draws a progress bar; 0 draws none'),
    'progress_title': ('tracking', 'text before the progress bar'),
}
CDR_STAMP = struct.Struct('<4xiI')  # encapsulation, then the header's stamp: sec, nanosec


class RecorderNode(Node):
    """Listens to `image`, `tracks`, `image_annotated` and `frames_sent`.

    It subscribes to `image` last, when both results have a publisher: a player that waits for
    it does not begin before the first result would arrive.

    Latency is the time between the publication of an image by the camera and that of its
    tracks, by the stamps that DDS puts on both.

    A full disk ends the recording: what was written until then is kept and counted.

    Attributes:
        finished: whether everything that was sent is recorded, or nothing more can be.
        fault: why the recording ended early, '' while it has not.
    """

    def __init__(self) -> None:
        """Open the output folder.

        Raises:
            ValueError: if a parameter has the wrong type.
            OSError: if the folder cannot be written.
        """
        self._open = False  # first: `destroy_node()` is called where what follows fails
        super().__init__('recorder')
        values = declare_plain(self, PARAMETERS)
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
        self._first_stamp: int | None = None  # nanoseconds, of the first image
        self._sent_at: dict[int, int] = {}  # stamp of an image: when it was published
        self._latencies: list[float] = []
        self._early: list[tuple[TrackArray, int]] = []
        self._ids: set[int] = set()
        self._processed = self._boxes = self._drawn = 0  # drawn: annotated images received
        self._sent: int | None = None
        self._last_news = time.monotonic()
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
        self._listens = False
        self._open = True
        self.create_subscription(UInt32, 'frames_sent', self._on_sent, LATCHED)
        self.create_timer(0.2, self._on_timer)

    def _on_image(self, data: bytes, info: dict) -> None:
        """Note the time alone: the pixels stay unread."""
        seconds, nanoseconds = CDR_STAMP.unpack_from(data)
        stamp = seconds * 1_000_000_000 + nanoseconds
        if self._first_stamp is None:
            self._first_stamp = stamp
        self._sent_at[stamp] = info['source_timestamp']
        waiting, self._early = self._early, []
        for message, published in waiting:
            self._record(message, published)

    def _on_tracks(self, message: TrackArray, info: dict) -> None:
        self._last_news = time.monotonic()
        self._record(message, info['source_timestamp'])

    def _record(self, message: TrackArray, published: int) -> None:
        stamp = message.header.stamp.sec * 1_000_000_000 + message.header.stamp.nanosec
        sent_at = self._sent_at.pop(stamp, None)
        if sent_at is None:  # the tracks came before the image they belong to
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
        self._last_news = time.monotonic()
        self._drawn += 1
        try:
            self._video.write(to_bgr(message))
        except WriteError as error:
            self._stop(str(error))
        except ValueError as error:
            self._warn(f'annotated images are left out of the video: {error}')

    def _warn(self, text: str) -> None:
        """Log a warning once."""
        if text not in self._warned:
            self._warned.add(text)
            self.get_logger().warning(text)

    def _stop(self, fault: str) -> None:
        """End the recording early."""
        self.fault = self.fault or fault
        self.finished = True

    def _on_sent(self, message: UInt32) -> None:
        self._sent = message.data
        self._last_news = time.monotonic()

    def _on_timer(self) -> None:
        if not self._listens and all(map(self.count_publishers, self._result_topics)):
            self.create_subscription(Image, 'image', self._on_image, RELIABLE, raw=True)
            self._listens = True
        if self._sent is None:
            return
        complete = min(self._processed, self._drawn) >= self._sent
        if complete or time.monotonic() - self._last_news > self._patience:
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
        """Close the files; whatever came until now is in them."""
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
    """Return a track as a line of MOTChallenge results."""
    box = track.bbox
    left = box.center.position.x - box.size_x / 2
    top = box.center.position.y - box.size_y / 2
    return (
        f'{number},{track.track_id},{left:.3f},{top:.3f},{box.size_x:.3f},{box.size_y:.3f},'
        f'{track.score:.4f},-1,-1,-1\n'
    )


def main() -> int:
    """Run the node until everything that was sent is recorded; 2 if it cannot be written."""
    nodes: list[RecorderNode] = []

    def make_node() -> Node:
        nodes.append(RecorderNode())
        return nodes[0]

    code = run_node(make_node, done=lambda node: node.finished)
    return ExitCode.MISTAKE if nodes and nodes[0].fault else code


if __name__ == '__main__':
    sys.exit(main())
