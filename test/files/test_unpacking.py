# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Limits on the unpacked size of compressed files."""

from __future__ import annotations

import gzip
import io
import zipfile
from pathlib import Path

import numpy as np
import pytest
import torch

from fairmot_ros.files.unpacking import (
    UnpackError,
    check_archive,
    check_stored,
    copy_unpacked,
    read_gzip,
)
from fairmot_ros.network import CheckpointError, load_checkpoint


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


def compress_again(path: Path) -> None:
    """Compress the entries of a zip archive, so that it unpacks to more than it has."""
    with zipfile.ZipFile(path) as archive:
        contents = {entry.filename: archive.read(entry) for entry in archive.infolist()}
    with zipfile.ZipFile(path, 'w', zipfile.ZIP_DEFLATED) as archive:
        for name, content in contents.items():
            archive.writestr(name, content)


def test_checkpoints_that_are_compressed_are_refused(tmp_path: Path) -> None:
    path = tmp_path / 'a.pth'
    torch.save({'state_dict': {'a': torch.zeros(100_000)}}, path)
    check_stored(path)
    compress_again(path)
    assert path.stat().st_size < 10_000
    assert torch.load(path, weights_only=True)['state_dict']['a'].numel() == 100_000
    with pytest.raises(UnpackError, match=r'a\.pth of \d+ bytes unpacks to 4\d{5} bytes'):
        check_stored(path)
    with pytest.raises(CheckpointError, match='torch.save compresses nothing'):
        load_checkpoint(path)


def test_files_that_are_no_archive_are_left_to_their_reader(tmp_path: Path) -> None:
    path = tmp_path / 'a.pth'
    torch.save({'a': torch.zeros(3)}, path, _use_new_zipfile_serialization=False)
    check_stored(path)
    path.write_bytes(b'PK\x03\x04 and no archive')
    with pytest.raises(zipfile.BadZipFile):
        check_stored(path)
