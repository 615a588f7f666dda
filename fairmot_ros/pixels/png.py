"""Check of PNG files before they are decoded."""

from __future__ import annotations

import struct

SIGNATURE = b'\x89PNG\r\n\x1a\n'
CHUNK_FRAME = 12  # bytes of a chunk beside its data: length, type, checksum


def is_truncated_png(data: bytes) -> bool:
    """Return whether a chunk of a PNG file declares more data than the file has.

    Decoders reserve memory for the declared length, up to 4 GB, before they read the chunk.

    >>> is_truncated_png(SIGNATURE + bytes((0xFF, 0xFF, 0xFF, 0xFF)) + b'IDAT')
    True
    """
    place = len(SIGNATURE)
    while place + 8 <= len(data):
        length, kind = struct.unpack_from('>I4s', data, place)
        if kind == b'IEND':
            return False
        place += CHUNK_FRAME + length
        if place > len(data):
            return True
    return False
