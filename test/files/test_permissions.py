# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Who can read what is written: files with embeddings only their owner, others by the umask."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from fairmot_ros.files.locking import locked
from fairmot_ros.files.writing import (
    OWNER_ONLY,
    BlockFile,
    replacing,
    write_bytes,
    write_image,
    write_text,
)
from fairmot_ros.identities.report.page import write_page
from fairmot_ros.identities.report.timeline import Timeline
from fairmot_ros.identities.store.identity_store import IdentityStore
from fairmot_ros.tracker.gallery import Gallery
from fairmot_ros.tracker.gallery.gallery_file import save
from fairmot_ros.training.data.teacher_labels import TeacherEmbeddings, write_embeddings
from fairmot_ros.training.distillation.person_bank.bank import BankEntry, write_entries
from fairmot_ros.training.distillation.person_bank.windows import Window
from fairmot_ros.tuning.recorded_detections import from_frames

UMASK = 0o027
SHARED = 0o640  # what this umask leaves of the permissions of new files
IMAGE = np.zeros((8, 8, 3), np.uint8)


@pytest.fixture(autouse=True)
def usual_umask() -> Iterator[None]:
    before = os.umask(UMASK)
    yield
    os.umask(before)


@contextmanager
def never_wider(path: Path) -> Iterator[None]:
    """Fail if a file in the folder can be read by more users than the one at `path` at the end."""
    seen: list[int] = []
    original = os.open

    def watch(name: str | Path, flags: int, mode: int = 0o777, **options: int) -> int:
        descriptor = original(name, flags, mode, **options)
        if Path(name).parent == path.parent:
            seen.append(stat.S_IMODE(os.fstat(descriptor).st_mode))
        return descriptor

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, 'open', watch)
        yield
    final = permissions(path)
    assert [mode for mode in seen if mode & ~final] == []


def permissions(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def take_lock(path: Path) -> None:
    with locked(path, ValueError()):
        pass


def append_block(path: Path) -> None:
    file = BlockFile(path)
    file.write('a')
    file.close()


@pytest.mark.parametrize(
    'write',
    [
        lambda path: write_bytes(path, b'a'),
        lambda path: write_text(path, 'a'),
        lambda path: write_image(path, IMAGE),
        append_block,
        take_lock,
    ],
    ids=['bytes', 'text', 'image', 'blocks', 'lock'],
)
def test_other_files_follow_the_umask(write: Callable[[Path], None], tmp_path: Path) -> None:
    path = tmp_path / 'a.png'
    with never_wider(path):
        write(path)
    assert permissions(path) == SHARED


def write_bank(path: Path) -> None:
    window = Window(IMAGE, np.zeros(4, np.float32))
    write_entries(path, [BankEntry(window, np.ones(4, np.float32), 'a', 1)])


def write_store(path: Path) -> None:
    IdentityStore(path).close()


def write_report(path: Path) -> None:
    write_page(path, Timeline((), (), (), '', '', ()), Path('store'))


@pytest.mark.parametrize(
    'write',
    [
        lambda path: save(Gallery(model='model'), path),
        lambda path: write_embeddings(path, TeacherEmbeddings({1: np.ones(4)}, {}, 4)),
        lambda path: from_frames([], [], [], [], []).save(path),
        write_bank,
        write_store,
        write_report,
    ],
    ids=['gallery', 'teacher embeddings', 'recorded detections', 'person bank', 'store', 'page'],
)
def test_files_with_embeddings_or_whereabouts_are_for_the_owner(
    write: Callable[[Path], None], tmp_path: Path
) -> None:
    path = tmp_path / 'a.npz'
    with never_wider(path):
        write(path)
    assert permissions(path) == OWNER_ONLY
    assert {permissions(file) for file in tmp_path.iterdir()} == {OWNER_ONLY}


def test_temporary_file_is_never_wider_than_the_final_one(tmp_path: Path) -> None:
    path = tmp_path / 'a'
    with replacing(path, OWNER_ONLY) as partial:
        assert permissions(partial) == OWNER_ONLY
        partial.write_text('a')
        assert permissions(partial) == OWNER_ONLY
    assert permissions(path) == OWNER_ONLY
