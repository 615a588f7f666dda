# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Messages from other nodes, as delivered by rclpy."""

from __future__ import annotations

from array import array
from pathlib import Path

import numpy as np
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn
from sensor_msgs.msg import CameraInfo, Image
from vision_msgs.msg import BoundingBox2D, Detection2D, Detection2DArray, ObjectHypothesisWithPose

from fairmot_ros.msg import Track, TrackArray
from fairmot_ros.pixels import ImageError
from fairmot_ros.ros.conversions.images import to_depth
from fairmot_ros.ros.inputs.spatial_inputs import pinhole_camera
from fairmot_ros.ros.processing.received_detections import DetectionError, ReceivedDetections
from fairmot_ros.spatial.geometry import locate_on_ground
from fuzz.images import RawImage, raw_images
from fuzz.mutations import TEXTS
from fuzz.target import Target

FLOATS = st.one_of(st.floats(0, 100), st.floats(0, 1), st.floats())
SCORES = st.one_of(st.floats(0, 1), st.floats(0, 1), st.floats())
FLOATS_32 = st.one_of(st.floats(-1, 1, width=32), st.floats(width=32))
SIZE = (480, 640)  # (height, width) of the camera images


@st.composite
def boxes(draw: DrawFn) -> BoundingBox2D:
    """Draw a box, valid in most cases."""
    box = BoundingBox2D(size_x=draw(FLOATS), size_y=draw(FLOATS))
    box.center.position.x, box.center.position.y = draw(FLOATS), draw(FLOATS)
    return box


@st.composite
def detection_arrays(draw: DrawFn) -> Detection2DArray:
    """Draw detections with any number of results."""
    message = Detection2DArray()
    for _ in range(draw(st.integers(0, 3))):
        detection = Detection2D(bbox=draw(boxes()), id=draw(TEXTS))
        for _ in range(draw(st.sampled_from((1, 1, 1, 2, 0)))):
            result = ObjectHypothesisWithPose()
            result.hypothesis.score, result.hypothesis.class_id = draw(SCORES), draw(TEXTS)
            detection.results.append(result)
        message.detections.append(detection)
    return message


@st.composite
def track_arrays(draw: DrawFn) -> TrackArray:
    """Draw tracks with embeddings of equal length in most cases."""
    message = TrackArray(model=draw(TEXTS))
    length = draw(st.integers(0, 4))
    for _ in range(draw(st.integers(0, 3))):
        longer = draw(st.sampled_from((0, 0, 0, 1)))
        values = st.lists(FLOATS_32, min_size=length + longer, max_size=length + longer)
        message.tracks.append(
            Track(
                track_id=draw(st.integers(0, 2**64 - 1)),
                class_id=draw(TEXTS),
                score=draw(SCORES),
                state=draw(st.integers(0, 255)),
                bbox=draw(boxes()),
                embedding=array('f', draw(values)),
            )
        )
    return message


@st.composite
def camera_infos(draw: DrawFn) -> CameraInfo:
    """Draw a calibration, for images of `SIZE` in most cases."""
    matrix = [500.0, 0.0, 320.0, 0.0, 500.0, 240.0, 0.0, 0.0, 1.0]
    for _ in range(draw(st.integers(0, 2))):
        matrix[draw(st.integers(0, 8))] = draw(FLOATS)
    sizes = st.one_of(st.just(SIZE), st.just(SIZE), st.tuples(*(st.integers(0, 2**32 - 1),) * 2))
    height, width = draw(sizes)
    models = st.sampled_from(('plumb_bob', 'plumb_bob', 'rational_polynomial', 'equidistant'))
    return CameraInfo(
        width=width,
        height=height,
        k=matrix,
        d=draw(st.one_of(st.just([0.1] * 5), st.just([]), st.lists(FLOATS, max_size=15))),
        distortion_model=draw(st.one_of(models, models, TEXTS)),
    )


@st.composite
def depth_images(draw: DrawFn) -> RawImage:
    """Draw a depth image, or an image of another encoding."""
    image = draw(raw_images())
    return RawImage(
        image.width,
        image.height,
        draw(st.sampled_from(('16UC1', '32FC1', image.encoding))),
        image.is_bigendian,
        image.step,
        image.data,
    )


def check_detections(message: Detection2DArray | TrackArray, _: Path) -> None:
    """Read detections; a refused message must not change the reader."""
    reader = ReceivedDetections()
    try:
        found = reader.read(message)
    except DetectionError:
        assert not reader.labels and not reader.model
        raise
    items = message.tracks if isinstance(message, TrackArray) else message.detections
    assert len(found) == len(items)
    assert np.isfinite(found.boxes_xyxy).all()
    assert (found.boxes_xyxy[:, 2:] >= found.boxes_xyxy[:, :2]).all()
    assert ((found.scores >= 0) & (found.scores <= 1)).all()


def check_calibration(message: CameraInfo, _: Path) -> None:
    """Locate a box on the ground with a calibration."""
    camera = pinhole_camera(message, 'camera_info', SIZE)
    locate_on_ground(camera, [[10, 10, 50, 200]], 1.5, 0.1)


def check_depth(image: RawImage, _: Path) -> None:
    """Convert a depth image."""
    message = Image(
        width=image.width,
        height=image.height,
        encoding=image.encoding,
        is_bigendian=image.is_bigendian,
        step=image.step,
        data=array('B', image.data),
    )
    depth = to_depth(message)
    assert depth.dtype == np.float32 and depth.shape == (image.height, image.width)


TARGETS = (
    Target('depth Image', ImageError, depth_images, check_depth),
    Target('CameraInfo', ImageError, camera_infos, check_calibration),
    Target('Detection2DArray', DetectionError, detection_arrays, check_detections),
    Target('TrackArray', DetectionError, track_arrays, check_detections),
)
