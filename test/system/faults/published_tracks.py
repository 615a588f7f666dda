# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Images and tracks of one person, as a camera and a tracker publish them."""

from __future__ import annotations

import numpy as np
from peers import Peer, make_image
from sensor_msgs.msg import Image
from vision_msgs.msg import BoundingBox2D, Point2D, Pose2D

from fairmot_ros.msg import Track, TrackArray

EMBEDDING = np.eye(1, 32, dtype=np.float32)[0]
PIXELS = np.full((48, 64, 3), 90, np.uint8)


class PublishedTracks:
    """Publishes `image`, `/door/tracks` and `/door/image_annotated`, frame by frame."""

    def __init__(self, peer: Peer) -> None:
        self._peer = peer
        self._images = peer.create_publisher(Image, 'image', 10)
        self._tracks = peer.create_publisher(TrackArray, '/door/tracks', 10)
        self._annotated = peer.create_publisher(Image, '/door/image_annotated', 10)

    def show(self) -> None:
        """Publish a frame with the present time, and let callbacks run."""
        image = make_image(PIXELS, self._peer.get_clock().now().nanoseconds * 1e-9)
        box = BoundingBox2D(
            center=Pose2D(position=Point2D(x=30.0, y=20.0)), size_x=10.0, size_y=30.0
        )
        person = Track(track_id=1, id='1', class_id='person', score=0.9, state=Track.TRACKED)
        person.bbox, person.embedding = box, EMBEDDING
        self._images.publish(image)
        self._annotated.publish(image)
        self._tracks.publish(TrackArray(header=image.header, model='model', tracks=[person]))
        self._peer.spinner.spin_once(timeout_sec=0.02)
