# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Detection of truncated PNG files before they are decoded."""

from __future__ import annotations

import struct

SIGNATURE = b'\x89PNG\r\n\x1a\n'
CHUNK_OVERHEAD = 12  # bytes of a chunk in addition to its data: length, type and checksum


def is_truncated_png(data: bytes) -> bool:
    """Return whether a file is a PNG file with a chunk that declares more data than follows.

    Decoders allocate the declared length, up to 4 GB, before they read the chunk.

    >>> is_truncated_png(SIGNATURE + bytes((0xFF, 0xFF, 0xFF, 0xFF)) + b'IDAT')
    True
    """
    if not data.startswith(SIGNATURE):
        return False
    position = len(SIGNATURE)
    while position + 8 <= len(data):
        length, chunk_type = struct.unpack_from('>I4s', data, position)
        if chunk_type == b'IEND':
            return False
        position += CHUNK_OVERHEAD + length
        if position > len(data):
            return True
    return False
