# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Conversion of image messages to BGR arrays, for nodes and bag files; without ROS imports."""

from fairmot_ros.pixels.compressed import compressed_to_bgr
from fairmot_ros.pixels.encoding import encode_image
from fairmot_ros.pixels.files import read_image_file
from fairmot_ros.pixels.limits import (
    MAX_IMAGE_PIXELS,
    BgrImage,
    ImageError,
    Warn,
    check_size,
    ignore_warning,
)
from fairmot_ros.pixels.raw import (
    DEPTH_ENCODINGS,
    ENCODINGS,
    pixel_view,
    raw_to_bgr,
    unknown_encoding,
)

__all__ = [
    'DEPTH_ENCODINGS',
    'ENCODINGS',
    'MAX_IMAGE_PIXELS',
    'BgrImage',
    'ImageError',
    'Warn',
    'check_size',
    'compressed_to_bgr',
    'encode_image',
    'ignore_warning',
    'pixel_view',
    'raw_to_bgr',
    'read_image_file',
    'unknown_encoding',
]
