# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Atomic writing of files; a full disk is simulated by a limit on the file size."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from full_disk import full_disk

from fairmot_ros.files.writing import (
    BlockFile,
    WriteError,
    replacing,
    write_bytes,
    write_image,
    write_text,
)

NOISE = np.random.default_rng(0).integers(0, 256, (64, 64, 3), dtype=np.uint8)


@pytest.mark.parametrize(
    'write',
    [
        lambda path: write_bytes(path, bytes(2000)),
        lambda path: write_text(path, 2000 * 'a'),
        lambda path: write_image(path, NOISE),
    ],
    ids=['bytes', 'text', 'image'],
)
def test_full_disk_leaves_the_existing_file(write: Callable[[Path], None], tmp_path: Path) -> None:
    path = tmp_path / 'a.png'
    path.write_text('before')
    with full_disk(), pytest.raises(WriteError) as caught:
        write(path)
    assert str(caught.value) == f'{path} cannot be written: File too large'
    assert caught.value.errno == errno.EFBIG
    assert path.read_text() == 'before'
    assert os.listdir(tmp_path) == ['a.png']
    write(path)
    assert path.stat().st_size >= 2000
    assert os.listdir(tmp_path) == ['a.png']


def test_any_exception_leaves_no_partial_file(tmp_path: Path) -> None:
    with pytest.raises(KeyError), replacing(tmp_path / 'a') as partial:
        partial.write_text('half')
        raise KeyError
    assert os.listdir(tmp_path) == []


def test_missing_folder_raises(tmp_path: Path) -> None:
    with pytest.raises(WriteError, match='none/a.txt cannot be written: No such file'):
        write_text(tmp_path / 'none/a.txt', '')


def test_permissions_are_those_of_the_new_file(tmp_path: Path) -> None:
    path = tmp_path / 'secret'
    path.write_text('')
    path.chmod(0o644)
    (tmp_path / 'secret.partial').write_text('left by a crash')
    with replacing(path, 0o600) as partial:
        partial.write_text('a')
    assert path.stat().st_mode & 0o777 == 0o600


def test_image_that_cannot_be_encoded_raises(tmp_path: Path) -> None:
    with pytest.raises(WriteError, match=r'a\.nonsense cannot be written'):
        write_image(tmp_path / 'a.nonsense', NOISE)
    with pytest.raises(WriteError, match=r'a\.png cannot be written'):
        write_image(tmp_path / 'a.png', NOISE[:0])


def test_block_file_has_only_whole_blocks(tmp_path: Path) -> None:
    file = BlockFile(tmp_path / 'a.txt')
    block = 99 * 'a' + '\n'
    with full_disk(950), pytest.raises(WriteError, match=r'a\.txt cannot be written'):
        for _ in range(20):
            file.write(block)
    assert (tmp_path / 'a.txt').read_text() == 9 * block
    file.write('z')
    file.close()
    again = BlockFile(tmp_path / 'a.txt', append=True)
    again.write('y')
    again.close()
    assert (tmp_path / 'a.txt').read_text() == 9 * block + 'zy'


def test_a_folder_is_not_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for path in (Path(), tmp_path):
        with pytest.raises(WriteError, match='cannot be written: Is a directory'):
            write_text(path, 'text')
    assert not list(tmp_path.parent.glob('*.partial'))
