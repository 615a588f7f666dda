# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0

from __future__ import annotations

import os
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from fairmot_ros.identities.decisions import EventKind, IdentityEvent
from fairmot_ros.identities.store import (
    IdentityRecord,
    IdentityStore,
    Presence,
    StoreError,
    StoreReader,
    View,
)

SECRET = np.frombuffer(b'biometric-secret' * 8, np.float32)
OTHER = np.linspace(1, 2, len(SECRET), dtype=np.float32)


def fill(store: IdentityStore, number: int, name: str, embedding: np.ndarray, when: float) -> None:
    store.put_identities([IdentityRecord(number, name, 'person', when, when)])
    store.put_views([View(number, 'net:1', f'{name}/1', when, embedding)])
    store.put_presences([Presence(number, f'at-{name}', f'track-{name}', when, when)])
    store.put_events([IdentityEvent(when, EventKind.CREATED, number, name=name, reason=name)])


def all_bytes(path: Path) -> bytes:
    return b''.join(p.read_bytes() for p in path.parent.iterdir() if p.name.startswith(path.name))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / 'people.db'


@pytest.fixture
def store(path: Path) -> Iterator[IdentityStore]:
    with IdentityStore(path) as opened:
        yield opened


def test_content_is_the_same_after_reopening(path: Path) -> None:
    with IdentityStore(path) as store:
        fill(store, 7, 'ada', SECRET, 10.0)
    with StoreReader(path) as store:
        assert store.identities() == [IdentityRecord(7, 'ada', 'person', 10.0, 10.0)]
        (view,) = store.views()
        assert view[:4] == (7, 'net:1', 'ada/1', 10.0)
        assert view.embedding.tobytes() == SECRET.tobytes()
        assert store.presences() == [Presence(7, 'at-ada', 'track-ada', 10.0, 10.0, None, 1)]
        (event,) = store.events()
        assert event == IdentityEvent(10.0, EventKind.CREATED, 7, name='ada', reason='ada')
        assert store.presences(until=9.0) == store.events(since=11.0) == []


def test_a_presence_with_a_number_is_replaced(store: IdentityStore) -> None:
    (number,) = store.put_presences([Presence(1, 'hall', '3', 0.0, 1.0)])
    again = Presence(1, 'hall', '3', 0.0, 2.0, (1.5, 2.5), number)
    assert store.put_presences([again]) == [number]
    assert store.presences() == [again]


def test_only_the_owner_can_read_any_of_the_files(store: IdentityStore, path: Path) -> None:
    fill(store, 1, 'ada', SECRET, 1.0)
    store.commit()
    files = sorted(p.name for p in path.parent.iterdir())
    assert files == ['people.db', 'people.db-shm', 'people.db-wal', 'people.db.lock']
    assert {stat.S_IMODE(p.stat().st_mode) for p in path.parent.iterdir()} == {0o600}


def test_forgotten_content_is_in_no_file(store: IdentityStore, path: Path) -> None:
    for number in range(10, 200):
        fill(store, number, f'visitor{number}', OTHER, 5.0)
    fill(store, 1, 'ada', SECRET, 1.0)
    store.commit()
    fill(store, 1, 'ada', SECRET, 2.0)  # written twice: old pages are in the log
    store.commit()
    assert b'ada' in all_bytes(path) and b'biometric-secret' in all_bytes(path)
    store.forget([1])
    left = all_bytes(path)
    assert b'ada' not in left and b'biometric-secret' not in left
    assert b'visitor42' in left and OTHER.tobytes() in left
    assert [r.global_id for r in store.identities()] == list(range(10, 200))
    store.forget_everything()
    left = all_bytes(path)
    assert b'visitor' not in left and OTHER.tobytes() not in left and b'net:1' not in left
    assert path.stat().st_size < 200_000


def test_merged_identities_are_forgotten_with_their_former_ids(store: IdentityStore) -> None:
    fill(store, 1, 'ada', SECRET, 1.0)
    fill(store, 2, '', OTHER, 2.0)
    store.replace(2, 1)
    store.commit()
    assert store.replaced() == {2: 1}
    assert {p.global_id for p in store.presences()} == {1}
    store.forget([1])
    assert store.replaced() == {} and store.presences() == []


def test_expired_content_is_in_no_file(store: IdentityStore, path: Path) -> None:
    fill(store, 1, '', SECRET, 1.0)
    fill(store, 2, 'kept', OTHER, 1.0)
    store.put_views([View(2, 'net:1', '/enrolled/1', 1.0, OTHER + 1)])
    fill(store, 3, '', OTHER, 99.0)
    store.put_presences([Presence(1, 'at-secret', 'x', 1.0, 1.0)])
    store.expire([], oldest=50.0)
    assert [r.global_id for r in store.identities()] == [2, 3]
    assert [(v.global_id, v.key) for v in store.views()] == [(2, '/enrolled/1'), (3, '/1')]
    assert [p.global_id for p in store.presences()] == [e.global_id for e in store.events()] == [3]
    assert b'biometric-secret' not in all_bytes(path) and b'at-secret' not in all_bytes(path)


def test_ids_are_reserved_once(path: Path) -> None:
    with IdentityStore(path) as store:
        assert [store.reserve_ids(5), store.reserve_ids(5)] == [1, 6]
        store.forget_everything()
    with IdentityStore(path) as store:
        assert store.reserve_ids(1) == 11


def test_a_second_store_on_one_file_is_refused(store: IdentityStore, path: Path) -> None:
    with pytest.raises(StoreError, match=f'in use by process {os.getpid()} on'):
        IdentityStore(path)
    store.close()
    IdentityStore(path).close()


def test_a_reader_sees_what_was_committed(store: IdentityStore, path: Path) -> None:
    fill(store, 1, 'ada', SECRET, 1.0)
    with StoreReader(path) as reader:
        assert reader.identities() == []
        store.commit()
        assert [r.name for r in reader.identities()] == ['ada']


def test_forgetting_says_when_a_reader_keeps_the_log(store: IdentityStore, path: Path) -> None:
    for number in range(1, 5):
        fill(store, number, 'ada', SECRET, 1.0)
    store.commit()
    with StoreReader(path) as reader:
        views = reader.views()
        next(views)  # the reader is in the middle of the file
        with pytest.raises(StoreError, match='is read by another process'):
            store.forget([1])
        views.close()
    store.forget([1, 2, 3, 4])
    assert b'biometric-secret' not in all_bytes(path)


@pytest.mark.parametrize('content', [b'not a database at all' * 100, b'x'])
def test_other_files_are_refused(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    path.chmod(0o644)
    with pytest.raises(StoreError, match=r'people\.db cannot be used as a store'):
        IdentityStore(path)
    assert path.read_bytes() == content
    assert stat.S_IMODE(path.stat().st_mode) == 0o644


@pytest.mark.parametrize('statement', ['CREATE TABLE notes (text)', 'PRAGMA application_id = 7'])
def test_a_database_of_another_program_is_left_as_it_is(path: Path, statement: str) -> None:
    with closing(sqlite3.connect(path)) as other:
        other.execute(statement)
    path.chmod(0o644)
    content = path.read_bytes()
    with pytest.raises(StoreError, match='of another program'):
        IdentityStore(path)
    assert path.read_bytes() == content
    assert stat.S_IMODE(path.stat().st_mode) == 0o644


def test_a_damaged_store_is_refused(path: Path) -> None:
    with IdentityStore(path) as store:
        for number in range(1, 500):
            fill(store, number, f'visitor{number}', OTHER, 5.0)
    damaged = bytearray(path.read_bytes())
    damaged[8192:-8192:64] = b'\xff' * len(damaged[8192:-8192:64])
    path.write_bytes(damaged)
    with pytest.raises(StoreError, match='damaged|malformed'):
        IdentityStore(path)


def test_a_missing_store_cannot_be_read(path: Path) -> None:
    with pytest.raises(StoreError, match='does not exist'):
        StoreReader(path)
    with pytest.raises(StoreError, match='is not a file'):
        StoreReader(path.parent)
    path.touch()
    with pytest.raises(StoreError, match='is empty'):
        StoreReader(path)


def test_a_store_in_a_missing_folder_cannot_be_made(tmp_path: Path) -> None:
    with pytest.raises(OSError, match='cannot be written'):
        IdentityStore(tmp_path / 'nowhere' / 'people.db')


def test_a_folder_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for path in (Path(), tmp_path):
        with pytest.raises(StoreError, match='is a folder; expected the path of a file'):
            IdentityStore(path)
    assert not tmp_path.with_name(tmp_path.name + '.lock').exists()


def test_a_newer_store_is_refused(path: Path) -> None:
    with IdentityStore(path) as store:
        store._db.execute('PRAGMA user_version = 99')
    with pytest.raises(StoreError, match='has format 99'):
        IdentityStore(path)


WRITER = """
import sys, time
from test_identity_store import fill, OTHER
from fairmot_ros.identities.store import IdentityStore
store = IdentityStore(sys.argv[1])
number = store.reserve_ids(1_000_000)
while True:
    for _ in range(50):
        fill(store, number, 'person', OTHER, float(number))
        number += 1
    store.commit()
    print(number, flush=True)
    fill(store, number, 'uncommitted', OTHER, float(number))  # a transaction is always open
    number += 1
"""


def test_a_killed_writer_loses_only_what_was_not_committed(path: Path) -> None:
    for round_number in range(3):
        writer = subprocess.Popen(
            [sys.executable, '-c', WRITER, str(path)],
            stdout=subprocess.PIPE,
            text=True,
            env={
                **os.environ,
                'PYTHONPATH': os.pathsep.join((str(Path(__file__).parent), *sys.path)),
            },
        )
        assert writer.stdout is not None
        lines = [writer.stdout.readline() for _ in range(5 + 7 * round_number)]
        with pytest.raises(StoreError, match=f'in use by process {writer.pid} on'):
            IdentityStore(path)
        writer.kill()
        lines += writer.stdout.readlines()
        writer.wait()
        committed = int([line for line in lines if line.endswith('\n')][-1])
        with IdentityStore(path) as store:  # the lock is free, the file is sound
            numbers = [record.global_id for record in store.identities()]
            assert max(numbers) >= committed - 1
            assert len(list(store.views())) == len(numbers)
            assert len(store.presences()) == len(store.events()) == len(numbers)
            assert store.reserve_ids(1) > max(numbers)
