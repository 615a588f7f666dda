# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Limits on the unpacked size of compressed files."""

from __future__ import annotations

import gzip
import io
from pathlib import Path

import numpy as np
import pytest

from fairmot_ros.files.unpacking import UnpackError, check_archive, copy_unpacked, read_gzip


def test_gzip(tmp_path: Path) -> None:
    path = tmp_path / 'a.gz'
    path.write_bytes(gzip.compress(bytes(600)) + gzip.compress(bytes(400)))
    assert len(read_gzip(path, 1000)) == 1000
    with pytest.raises(UnpackError, match=r'a\.gz unpacks to more than 0 MB, the limit'):
        read_gzip(path, 999)


def test_archives_of_arrays(tmp_path: Path) -> None:
    path = tmp_path / 'a.npz'
    np.savez_compressed(path, a=np.zeros(10_000), b=np.zeros(10_000))
    assert path.stat().st_size < 2000
    check_archive(path, 161_000)
    with pytest.raises(UnpackError, match=r'a\.npz unpacks to more than'):
        check_archive(path, 159_000)


def test_streams(tmp_path: Path) -> None:
    target = io.BytesIO()
    copy_unpacked(io.BytesIO(bytes(200_000)), target, tmp_path, 200_000)
    assert len(target.getvalue()) == 200_000
    with pytest.raises(UnpackError):
        copy_unpacked(io.BytesIO(bytes(200_001)), io.BytesIO(), tmp_path, 200_000)
