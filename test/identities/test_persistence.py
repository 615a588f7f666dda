# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from fairmot_ros.identities import (
    EventKind,
    IdentitiesConfig,
    IdentityResolver,
    Observation,
    SourceFrame,
)
from fairmot_ros.identities.store import IdentityStore, StoreReader

DAY = 86400.0


def unit(seed: int) -> np.ndarray:
    vector = np.random.default_rng(seed).normal(size=16).astype(np.float32)
    return vector / np.linalg.norm(vector)


def watch(resolver: IdentityResolver, source: str, track: int, seed: int, start: float) -> int:
    """Show a person for a second; returns the identity."""
    for step in range(11):
        seen = Observation(track, [0, 0, 50, 100], unit(seed), age=step / 10)
        frame = SourceFrame(source, start + step / 10, 'net:1', (seen,))
        (found,) = resolver.update(frame)
    return found.global_id


def opened(path: Path, **settings: float) -> IdentityResolver:
    return IdentityResolver(IdentitiesConfig(**settings), IdentityStore(path))


def test_identities_and_names_outlive_a_restart(tmp_path: Path) -> None:
    path = tmp_path / 'people.db'
    first = opened(path)
    ada, other = watch(first, 'hall', 1, 1, 100.0), watch(first, 'hall', 2, 2, 110.0)
    first.enrol('Ada', global_id=ada)
    first.close()
    second = opened(path)
    assert watch(second, 'door', 1, 2, 200.0) == other
    assert watch(second, 'door', 2, 1, 210.0) == ada
    assert watch(second, 'door', 3, 3, 220.0) > 2
    known = {k.global_id: k for k in second.identities()}
    assert (known[ada].name, known[ada].sources) == ('Ada', ('hall', 'door'))
    assert (known[ada].first_seen, known[ada].last_seen) == (100.0, 211.0)
    second.close()
    with StoreReader(path) as store:
        assert [(p.global_id, p.source, p.first, p.last) for p in store.presences()] == [
            (ada, 'hall', 100.0, 101.0),
            (other, 'hall', 110.0, 111.0),
            (other, 'door', 200.0, 201.0),
            (ada, 'door', 210.0, 211.0),
            (max(known), 'door', 220.0, 221.0),
        ]


def test_a_merged_id_leads_to_the_other_after_a_restart(tmp_path: Path) -> None:
    path = tmp_path / 'people.db'
    first = opened(path)
    one, two = watch(first, 'hall', 1, 1, 0.0), watch(first, 'door', 2, 2, 10.0)
    assert first.merge(two, one) == one
    first.close()
    second = opened(path)
    assert second.enrol('Ada', global_id=two) == one
    assert watch(second, 'hall', 1, 2, 20.0) == one
    second.close()


def test_ids_are_not_reused_after_forgetting_and_restarts(tmp_path: Path) -> None:
    path = tmp_path / 'people.db'
    first = opened(path)
    used = [watch(first, 'hall', seed, seed, seed * 10.0) for seed in range(1, 4)]
    assert first.forget() == 3
    used += [watch(first, 'hall', seed, seed, 100 + seed * 10.0) for seed in range(1, 4)]
    first._store.close()  # as if killed: nothing more is written
    second = opened(path)
    used += [watch(second, 'hall', seed, seed, 200 + seed * 10.0) for seed in range(4, 7)]
    assert len(set(used)) == 9
    second.close()


def test_forgetting_a_visible_person_leaves_nothing_until_the_track_ends(tmp_path: Path) -> None:
    path = tmp_path / 'people.db'
    resolver = opened(path)
    ada = watch(resolver, 'secret-hall', 77, 1, 0.0)
    resolver.enrol('Ada', global_id=ada)
    resolver.maintain(1.0)
    assert resolver.forget('Ada') == 1
    for step in range(11, 40):
        seen = Observation(77, [0, 0, 50, 100], unit(1), age=step / 10)
        (found,) = resolver.update(SourceFrame('secret-hall', step / 10, 'net:1', (seen,)))
        assert found.global_id == 0 and found.name == ''
    resolver.maintain(4.0)
    files = b''.join(p.read_bytes() for p in tmp_path.iterdir())
    assert b'Ada' not in files and b'secret-hall' not in files
    assert unit(1).tobytes() not in files
    # A new track of the same person is a stranger.
    assert watch(resolver, 'secret-hall', 78, 1, 100.0) > ada
    resolver.close()


def test_unnamed_identities_expire_and_names_stay(tmp_path: Path) -> None:
    path = tmp_path / 'people.db'
    resolver = opened(path, retention=1.0)
    ada, other = watch(resolver, 'hall', 1, 1, 0.0), watch(resolver, 'hall', 2, 2, 10.0)
    resolver.enrol('Ada', global_id=ada)
    resolver.take_events()
    resolver.maintain(DAY + 5.0)
    assert len(resolver.identities()) == 2
    resolver.maintain(DAY + 70.0)
    assert [(e.kind, e.global_id) for e in resolver.take_events()] == [(EventKind.EXPIRED, other)]
    assert [k.name for k in resolver.identities()] == ['Ada']
    assert watch(resolver, 'hall', 1, 1, DAY + 100.0) == ada
    files = b''.join(p.read_bytes() for p in tmp_path.iterdir())
    assert unit(2).tobytes() not in files
    resolver.close()


def test_of_too_many_identities_those_absent_longest_are_removed(tmp_path: Path) -> None:
    resolver = opened(tmp_path / 'people.db', max_identities=3)
    ids = [watch(resolver, 'hall', s, s, s * 100.0) for s in range(1, 3)]
    resolver.enrol('Ada', global_id=ids[0])
    ids += [watch(resolver, 'hall', s, s, s * 100.0) for s in range(3, 6)]
    resolver.maintain(600.0)
    assert [k.global_id for k in resolver.identities()] == [ids[0], *ids[-2:]]
    resolver.close()


def test_update_writes_without_maintain(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / 'people.db'
    resolver = opened(path)
    clock = iter(np.arange(1e9, 2e9, 1e6))
    monkeypatch.setattr('fairmot_ros.identities.state.time.monotonic', lambda: next(clock))
    ada = watch(resolver, 'hall', 1, 1, 0.0)
    with StoreReader(path) as store:
        assert [r.global_id for r in store.identities()] == [ada]
    resolver.close()


CAMERA = """
import sys, time
from test_persistence import opened, unit
from fairmot_ros.identities import Observation, SourceFrame
resolver = opened(sys.argv[1])
while True:
    stamp = time.time()
    seen = Observation(1, [0, 0, 50, 100], unit(1))
    (found,) = resolver.update(SourceFrame('hall', stamp, 'net:1', (seen,)))
    print(stamp, found.global_id, flush=True)
    time.sleep(0.02)
"""


def test_a_killed_process_loses_at_most_the_last_second(tmp_path: Path) -> None:
    path = tmp_path / 'people.db'
    folders = os.pathsep.join((str(Path(__file__).parent), *sys.path))
    process = subprocess.Popen(
        [sys.executable, '-c', CAMERA, str(path)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, 'PYTHONPATH': folders},
    )
    assert process.stdout is not None
    lines = [process.stdout.readline() for _ in range(150)]
    process.kill()
    lines += process.stdout.readlines()
    process.wait()
    seen = [line.split() for line in lines if line.endswith('\n')]
    stamps = np.array([float(stamp) for stamp, _ in seen])
    resolver = opened(path)
    (known,) = resolver.identities()
    assert known.global_id == int(seen[-1][1]) == 1
    # On a busy machine, an update may come late, and so does what it writes.
    assert stamps[-1] - known.last_seen <= 1.0 + np.diff(stamps).max()
    resolver.close()
