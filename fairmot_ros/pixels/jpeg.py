"""The structure of JPEG files: declared size, and whether the end is missing.

Decoders fill what is missing with grey, and libraries do not pass on that they did.
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
STANDALONE = {0x01, *range(0xD0, 0xD8)}  # markers without a length
#: In a scan, FF 00 is a byte FF and FF D0..D7 are restarts; any other marker ends the scan.
SCAN_END = re.compile(rb'\xff[^\x00\xd0-\xd7\xff]')
#: The value of all channels where a decoder had no data.
FILLED = 128
#: Frames without progression or arithmetic coding, and what a block takes there at least.
HUFFMAN, BITS_PER_BLOCK = {0xC0, 0xC1}, 2
#: Bytes at the end of the last scan whose removal shows in a picture that lacks data.
TAIL = 16

Segment = tuple[int, int, int]  # marker, start and end of what follows it
Decode = Callable[[bytes], 'NDArray | None']


def segments(data: bytes) -> Iterator[Segment]:
    """Yield the segments up to the end marker, or up to where the data ends.

    The segment of a scan is followed by its entropy-coded data, which are not part of it.
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
    """Return the (width, height) that a JPEG file declares, None without one."""
    frame = _first(data, FRAMES)
    if frame is None or frame[2] - frame[1] < 5:
        return None
    height, width = struct.unpack_from('>HH', data, frame[1] + 1)
    return width, height


def completed(data: bytes) -> bytes | None:
    """Return a JPEG file with an end marker, None if it holds no scan.

    Some cameras leave the marker out. Zeros at the end, for which it was overwritten, are padding.
    """
    scan = _first(data, {START_OF_SCAN})
    if scan is None:
        return None
    return data if data.find(END_MARKER, scan[2]) >= 0 else data.rstrip(b'\0') + END_MARKER


def is_cut_off(data: bytes, picture: NDArray, decode: Decode) -> bool:
    """Return whether a part of the image is missing in a JPEG file.

    Args:
        data: the file, as returned by `completed`.
        picture: [H, W, 3], decoded from it.
        decode: the decoder, which returns None for data that it refuses.
    """
    frame, scan = _first(data, FRAMES), _first(data, {START_OF_SCAN})
    assert frame is not None and scan is not None
    if frame[0] in PROGRESSIVE:
        return not _has_all_scans(data)
    if not _is_filling(picture[-1]):
        return False
    end = data.find(END_MARKER, scan[2])
    length = end - scan[2]
    blocks = math.ceil(picture.shape[0] / 8) * math.ceil(picture.shape[1] / 8)
    if frame[0] in HUFFMAN and 8 * length < BITS_PER_BLOCK * blocks:
        return True
    if length < 4 * TAIL:
        return False
    # Grey may be part of the image. Then its data are, too, and without the last of them, nothing
    # but grey is missing.
    shorter = decode(data[: end - TAIL] + END_MARKER)
    return shorter is None or not _is_filling(picture[(shorter != picture).any(-1)])


def _first(data: bytes, markers: Collection[int]) -> Segment | None:
    return next((segment for segment in segments(data) if segment[0] in markers), None)


def _is_filling(pixels: NDArray) -> bool:
    return bool((np.abs(pixels.astype(np.int16) - FILLED) <= 1).all())


def _has_all_scans(data: bytes) -> bool:
    """Return whether a progressive file has the last bits of all coefficients."""
    components: set[int] = set()
    complete: dict[int, set[int]] = {}
    for marker, start, _ in segments(data):
        if marker in FRAMES:
            components = {data[start + 6 + 3 * i] for i in range(data[start + 5])}
        elif marker == START_OF_SCAN:
            count = data[start]
            first, last, bits = data[start + 1 + 2 * count : start + 4 + 2 * count]
            if bits & 0x0F:  # lower bits are left to a later scan
                continue
            for i in range(count):
                complete.setdefault(data[start + 1 + 2 * i], set()).update(range(first, last + 1))
    return all(len(complete.get(component, ())) == 64 for component in components)
