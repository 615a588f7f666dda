# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""JPEG file structure: image size and detection of truncated files.

Decoders fill missing data with grey, and libraries do not report it.
"""

from __future__ import annotations

import math
import re
import struct
from collections.abc import Callable, Collection, Iterator

import numpy as np
from numpy.typing import NDArray

START_OF_SCAN, END = 0xDA, 0xD9
END_MARKER = b'\xff\xd9'
#: Start of frame: all of C0..CF except tables (C4), reserved (C8) and arithmetic settings (CC).
FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
PROGRESSIVE = {0xC2, 0xC6, 0xCA, 0xCE}
STANDALONE = {0x01, *range(0xD0, 0xD8)}  # markers without a length field
#: Within a scan, FF 00 is a data byte FF and FF D0..D7 are restarts; other markers end the scan.
SCAN_END = re.compile(rb'\xff[^\x00\xd0-\xd7\xff]')
#: Value of all channels where the decoder had no data.
FILL_VALUE = 128
#: Sequential frames with Huffman coding, and the smallest number of bits per block in them.
HUFFMAN, MIN_BITS_PER_BLOCK = {0xC0, 0xC1}, 2
#: Bytes removed from the end of a scan to test whether they belong to the grey area.
TAIL = 16

Segment = tuple[int, int, int]  # marker, start and end of its content
Decode = Callable[[bytes], 'NDArray | None']


def segments(data: bytes) -> Iterator[Segment]:
    """Yield the segments up to the end marker or the end of the data.

    The entropy-coded data after a scan header are not part of its segment.
    """
    position = 2
    while found := SCAN_END.search(data, position):
        marker, start = data[found.end() - 1], found.end()
        if marker == END:
            yield marker, start, start
            return
        if marker in STANDALONE:
            position = start
            continue
        if start + 2 > len(data):
            return
        end = start + struct.unpack_from('>H', data, start)[0]
        if end > len(data):
            return
        yield marker, start + 2, end
        position = end


def jpeg_size(data: bytes) -> tuple[int, int] | None:
    """Return (width, height) from the frame header, None if it is missing."""
    frame = _first(data, FRAMES)
    if frame is None or frame[2] - frame[1] < 5:
        return None
    height, width = struct.unpack_from('>HH', data, frame[1] + 1)
    return width, height


def with_end_marker(data: bytes) -> bytes | None:
    """Return the file with an end marker, which some cameras omit; None if it has no scan.

    Zeros at the end of a file without the marker are padding and are removed.
    """
    scan = _first(data, {START_OF_SCAN})
    if scan is None:
        return None
    return data if data.find(END_MARKER, scan[2]) >= 0 else data.rstrip(b'\0') + END_MARKER


def is_truncated(data: bytes, image: NDArray, decode: Decode) -> bool:
    """Return whether data of a part of the image is missing.

    Args:
        data: the file, as returned by `with_end_marker`.
        image: decoded from it, [H, W, 3].
        decode: the decoder; returns None for data it rejects.
    """
    frame, scan = _first(data, FRAMES), _first(data, {START_OF_SCAN})
    assert frame is not None and scan is not None
    if frame[0] in PROGRESSIVE:
        return not _has_all_scans(data)
    if not _is_filled(image[-1]):
        return False
    end = data.find(END_MARKER, scan[2])
    length = end - scan[2]
    blocks = math.ceil(image.shape[0] / 8) * math.ceil(image.shape[1] / 8)
    if frame[0] in HUFFMAN and 8 * length < MIN_BITS_PER_BLOCK * blocks:
        return True
    if length < 4 * TAIL:
        return False
    # The image itself may be grey at the bottom. Then the last bytes encode grey pixels, and
    # removing them changes no pixel of another colour.
    shorter = decode(data[: end - TAIL] + END_MARKER)
    return shorter is None or not _is_filled(image[(shorter != image).any(-1)])


def _first(data: bytes, markers: Collection[int]) -> Segment | None:
    return next((segment for segment in segments(data) if segment[0] in markers), None)


def _is_filled(pixels: NDArray) -> bool:
    """Return whether all pixels have the value that decoders use for missing data."""
    return bool((np.abs(pixels.astype(np.int16) - FILL_VALUE) <= 1).all())


def _has_all_scans(data: bytes) -> bool:
    """Return whether a progressive file contains the lowest bit of every coefficient."""
    components: set[int] = set()
    complete: dict[int, set[int]] = {}
    for marker, start, _ in segments(data):
        if marker in FRAMES:
            components = {data[start + 6 + 3 * i] for i in range(data[start + 5])}
        elif marker == START_OF_SCAN:
            count = data[start]
            first, last, bits = data[start + 1 + 2 * count : start + 4 + 2 * count]
            if bits & 0x0F:  # a later scan has the lower bits
                continue
            for i in range(count):
                complete.setdefault(data[start + 1 + 2 * i], set()).update(range(first, last + 1))
    return all(len(complete.get(component, ())) == 64 for component in components)
