# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""The `fairmot_replay` node: plays the images of a bag at a fixed rate and saves the results."""

from __future__ import annotations

import sys
import time
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from rclpy.node import Node
from rclpy.qos import QoSProfile, ReliabilityPolicy
from sensor_msgs.msg import CompressedImage, Image
from tqdm import tqdm

from fairmot_ros.evaluation.bags import Bag, BagError, ImageStream
from fairmot_ros.files.writing import replacing
from fairmot_ros.msg import Timing, TrackArray
from fairmot_ros.ros.health.name_watch import NameWatch
from fairmot_ros.ros.nodes.run_node import run_node
from fairmot_ros.ros.parameters.declaration import declare_read_only

RELIABLE = QoSProfile(depth=5, reliability=ReliabilityPolicy.RELIABLE)
RESULTS = QoSProfile(depth=100, reliability=ReliabilityPolicy.RELIABLE)
PARAMETERS = {
    'bag': ('', 'bag to play: folder, or .mcap or .db3 file'),
    'image_topic': ('', 'image topic in the bag; empty if it has only one'),
    'rate': (30.0, 'images per second, independent of the rate of the recording'),
    'max_images': (0, 'number of images after which to stop; 0 plays all'),
    'patience': (10.0, 'seconds to wait for further results after the last image was published'),
    'startup_patience': (120.0, 'seconds to wait for a subscriber of `image`'),
    'output': ('replay.npz', 'file to write'),
}


class NoTrackerError(RuntimeError):
    """No tracker subscribed in time."""


class ReplayNode(Node):
    """Publishes `image` or `image/compressed`, and saves `tracks` and `timing`.

    Images are published unchanged, with the stamps of the recording. Latency is the time from the
    publication of an image to that of its tracks. The output is an .npz file with:

    * sent_stamps, sent_at: stamp and time of publication of each image, int64 nanoseconds;
    * got_stamps, got_at: the same of each message with tracks;
    * rows: [N, 10], index into got_stamps, track id, left, top, width, height, score, -1, -1, -1;
    * stage_names, stages: [S] and [S, 2], median and 95th percentile in seconds.
    """

    def __init__(self, node_name: str = 'replay', **options: Any) -> None:
        """Declare the parameters and open the bag.

        Args:
            node_name: of the node, unless it is remapped.
            options: of `rclpy.node.Node`.

        Raises:
            BagError: if the bag cannot be played.
            ValueError: if a parameter has the wrong type.
        """
        self._open = False  # set first: `destroy_node()` is called if the construction fails
        super().__init__(node_name, **options)
        values = declare_read_only(self, PARAMETERS)
        if values['rate'] <= 0:
            raise BagError(f'rate must be positive, got {values["rate"]:g}')
        self.finished = False
        self._output = Path(values['output'])
        self._rate = values['rate']
        self._patience = values['patience']
        self._deadline = time.monotonic() + values['startup_patience']
        self._bag = Bag(values['bag'])
        images = ImageStream(self._bag, values['image_topic'] or None)
        limit = values['max_images'] or None
        self._images = islice(images.messages(), limit)
        kind, topic = (
            (CompressedImage, 'image/compressed') if images.compressed else (Image, 'image')
        )
        self._publisher = self.create_publisher(kind, topic, RELIABLE)
        self.create_subscription(TrackArray, 'tracks', self._on_tracks, RESULTS)
        self.create_subscription(Timing, 'timing', self._on_timing, 1)
        self._sent: list[tuple[int, int]] = []
        self._got: list[tuple[int, int]] = []
        self._rows: list[list[float]] = []
        self._stages: dict[str, tuple[float, float]] = {}
        self._next_time: float | None = None
        self._all_sent = False
        self._last_received = time.monotonic()
        self._progress = tqdm(
            total=min(limit, len(images)) if limit else len(images),
            unit='image',
            desc=f'live at {self._rate:g} Hz',
            mininterval=0.2 if sys.stderr.isatty() else 10.0,
        )
        self._open = True
        self.create_timer(0.002, self._on_tick)
        self._name_watch = NameWatch(self)

    def _on_tracks(self, message: TrackArray, info: dict) -> None:
        self._last_received = time.monotonic()
        stamp = message.header.stamp
        index = len(self._got)
        self._got.append((stamp.sec * 1_000_000_000 + stamp.nanosec, info['source_timestamp']))
        for track in message.tracks:
            if track.state != track.TRACKED:
                continue
            box = track.bbox
            self._rows.append(
                [
                    index,
                    track.track_id,
                    box.center.position.x - box.size_x / 2,
                    box.center.position.y - box.size_y / 2,
                    box.size_x,
                    box.size_y,
                    track.score,
                    -1,
                    -1,
                    -1,
                ]
            )

    def _on_timing(self, message: Timing) -> None:
        self._stages = {stage.stage: (stage.p50, stage.p95) for stage in message.stages}

    def _on_tick(self) -> None:
        if self._all_sent:
            last = self._sent[-1][0] if self._sent else None
            complete = bool(self._got) and self._got[-1][0] == last
            if complete or time.monotonic() - self._last_received > self._patience:
                self.finished = True
            return
        if self._next_time is None:
            if not self._has_tracker():
                return
            self._next_time = time.monotonic()
            self._progress.unpause()  # excludes the time in which the tracker loaded
        if time.monotonic() < self._next_time:
            return
        stamp, message = next(self._images, (0, None))
        if message is None:
            self._all_sent = True
            self._last_received = time.monotonic()
            return
        self._sent.append((stamp, time.time_ns()))
        self._publisher.publish(message.data)
        self._next_time += 1.0 / self._rate
        self._progress.update()

    def _has_tracker(self) -> bool:
        if self._publisher.get_subscription_count() > 0 and self.count_publishers(
            self.resolve_topic_name('tracks')
        ):
            return True
        if time.monotonic() > self._deadline:
            raise NoTrackerError(
                f'no node subscribes to {self._publisher.topic_name} and publishes '
                f'{self.resolve_topic_name("tracks")}: start the tracker'
            )
        return False

    def destroy_node(self) -> None:
        """Write the output and destroy the node.

        Raises:
            WriteError: if the output cannot be written.
        """
        try:
            if self._open:
                self._open = False
                self._write()
        finally:
            super().destroy_node()

    def _write(self) -> None:
        self._progress.close()
        sent, got = (np.array(v, np.int64).reshape(-1, 2) for v in (self._sent, self._got))
        with replacing(self._output) as partial, partial.open('wb') as file:
            np.savez(
                file,
                sent_stamps=sent[:, 0],
                sent_at=sent[:, 1],
                got_stamps=got[:, 0],
                got_at=got[:, 1],
                rows=np.array(self._rows, float).reshape(-1, 10),
                stage_names=np.array(list(self._stages), dtype=np.str_),
                stages=np.array(list(self._stages.values()), float).reshape(-1, 2),
            )
        self._bag.close()


def main() -> int:
    """Run the node until the result of the last image has arrived."""
    return run_node(
        ReplayNode, done=lambda node: node.finished, mistakes=(BagError, NoTrackerError)
    )


if __name__ == '__main__':
    sys.exit(main())
