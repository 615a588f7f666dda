# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Image size from the header of an image file, read without decoding the pixels."""

from __future__ import annotations

import re
import struct
from collections.abc import Callable

from fairmot_ros.pixels.jpeg import jpeg_size

Size = tuple[int, int]

_BLANK = rb'(?:\s|#[^\n]*\n)+'
PNM = re.compile(rb'P[1-6]' + _BLANK + rb'(\d{1,10})' + _BLANK + rb'(\d{1,10})\s')
PAM_SIDE = re.compile(rb'^(WIDTH|HEIGHT)\s+(\d{1,10})\s*$', re.MULTILINE)
JPEG_2000_SIZE = b'\xff\x4f\xff\x51'
#: Tags of TIFF: width and height of the image and of its tiles.
TIFF_WIDTHS, TIFF_HEIGHTS = (256, 322), (257, 323)


def declared_size(data: bytes) -> Size | None:
    """Return (width, height) from the header, None if the format is unknown or truncated.

    >>> declared_size(b'P6 640 480 255 ')
    (640, 480)

    Args:
        data: JPEG, PNG, PNM, PAM, BMP, TIFF, WebP or JPEG 2000.
    """
    for signature, read in READERS:
        if signature.match(data):
            try:
                return read(data)
            except struct.error:  # the header is truncated
                return None
    return None


def _png(data: bytes) -> Size:
    width, height = struct.unpack_from('>II', data, 16)
    return width, height


def _pnm(data: bytes) -> Size | None:
    found = PNM.match(data)
    return (int(found[1]), int(found[2])) if found else None


def _pam(data: bytes) -> Size | None:
    sides: dict[bytes, int] = {}
    for name, value in PAM_SIDE.findall(data[:4096].partition(b'ENDHDR')[0]):
        sides[name] = max(sides.get(name, 0), int(value))
    return (sides[b'WIDTH'], sides[b'HEIGHT']) if len(sides) == 2 else None


def _bmp(data: bytes) -> Size:
    (header,) = struct.unpack_from('<I', data, 14)
    width, height = struct.unpack_from('<HH' if header == 12 else '<ii', data, 18)
    return abs(width), abs(height)


def _tiff(data: bytes) -> Size:
    order = '<' if data[:2] == b'II' else '>'
    big = struct.unpack_from(order + 'H', data, 2)[0] == 43
    offset = struct.unpack_from(order + ('8xQ' if big else '4xI'), data)[0]
    count, offset = (
        struct.unpack_from(order + ('Q' if big else 'H'), data, offset)[0],
        offset + (8 if big else 2),
    )
    length, value_at = (20, 12) if big else (12, 8)
    width = height = 0
    for entry in range(offset, offset + length * min(count, 4096), length):
        tag, kind = struct.unpack_from(order + 'HH', data, entry)
        if tag not in TIFF_WIDTHS + TIFF_HEIGHTS:
            continue
        (value,) = struct.unpack_from(
            order + {3: 'H', 4: 'I', 16: 'Q'}.get(kind, 'I'), data, entry + value_at
        )
        if tag in TIFF_WIDTHS:
            width = max(width, value)
        else:
            height = max(height, value)
    return width, height


def _webp(data: bytes) -> Size | None:
    chunk = data[12:16]
    if chunk == b'VP8X':
        low_width, high_width, low_height, high_height = struct.unpack_from('<HBHB', data, 24)
        return 1 + low_width + (high_width << 16), 1 + low_height + (high_height << 16)
    if chunk == b'VP8L':
        (bits,) = struct.unpack_from('<I', data, 21)
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    if chunk == b'VP8 ':
        width, height = struct.unpack_from('<HH', data, 26)
        return width & 0x3FFF, height & 0x3FFF
    return None


def _jpeg_2000(data: bytes) -> Size | None:
    start = data.find(JPEG_2000_SIZE)
    if start < 0:
        return None
    width, height = struct.unpack_from('>II', data, start + 8)
    return width, height


READERS: tuple[tuple[re.Pattern[bytes], Callable[[bytes], Size | None]], ...] = (
    (re.compile(rb'\xff\xd8\xff'), jpeg_size),
    (re.compile(rb'\x89PNG\r\n\x1a\n'), _png),
    (re.compile(rb'P[1-6][\s#]'), _pnm),
    (re.compile(rb'P7\s'), _pam),
    (re.compile(rb'BM'), _bmp),
    (re.compile(rb'II[*+]\0|MM\0[*+]'), _tiff),
    (re.compile(rb'RIFF.{4}WEBP', re.DOTALL), _webp),
    (re.compile(rb'\0\0\0\x0cjP {2}|\xff\x4f\xff\x51'), _jpeg_2000),
)
