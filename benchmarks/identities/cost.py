# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Time that the identities add to a frame, by number of identities; memory over an hour."""

from __future__ import annotations

import time
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from benchmarks.identities.visitors import EMBEDDING_SIZE, Site, Visitors
from benchmarks.tracker_soak import resident
from fairmot_ros.identities import (
    IdentitiesConfig,
    IdentityResolver,
    IdentityStore,
    Observation,
    SourceFrame,
)
from fairmot_ros.identities.store import IdentityRecord, View

BLOCK = 10_000  # identities written to a store at a time
FRAMES = 300
PEOPLE = 10  # in each frame; one of them is new in every tenth frame


def fill(path: Path, count: int) -> None:
    """Write a store with identities of one random embedding each."""
    rng = np.random.default_rng(0)
    with IdentityStore(path) as store:
        first = store.reserve_ids(count)
        for start in range(0, count, BLOCK):
            numbers = range(first + start, first + min(start + BLOCK, count))
            vectors = rng.normal(size=(len(numbers), EMBEDDING_SIZE)).astype(np.float32)
            vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
            store.put_identities(IdentityRecord(n, '', 'person', 0.0, 0.0) for n in numbers)
            store.put_views(View(n, 'net:1', 'a/1', 0.0, v) for n, v in zip(numbers, vectors))
            store.commit()


def latency(count: int) -> None:
    """Print the cost at a number of identities."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / 'people.db'
        start = time.perf_counter()
        fill(path, count)
        written = time.perf_counter() - start
        size = path.stat().st_size / 1e6
        before, start = resident(), time.perf_counter()
        config = IdentitiesConfig(max_identities=max(2 * count, 1000), decision_delay=0.0)
        resolver = IdentityResolver(config, IdentityStore(path))
        opened = time.perf_counter() - start
        memory = resident() - before
        times = np.array([_frame(resolver, number) for number in range(FRAMES)])
        start = time.perf_counter()
        resolver.maintain(FRAMES / 10)
        maintained = time.perf_counter() - start
        start = time.perf_counter()
        resolver.forget(1)
        forgotten = time.perf_counter() - start
        resolver.close()
    new = np.arange(FRAMES) % 10 == 0
    median, deciding = np.median(times[~new]), np.median(times[new])
    worst = np.percentile(times, 99)
    print(
        f'{count:10,}{1e3 * median:9.2f}{1e3 * deciding:10.2f}{1e3 * worst:8.2f}{memory:10.0f}'
        f'{size:9.0f}{written:9.1f}{opened:9.1f}{1e3 * maintained:10.0f}{forgotten:9.1f}',
        flush=True,
    )


def _frame(resolver: IdentityResolver, number: int) -> float:
    """Return the seconds that an update takes; one track is new in every tenth frame."""
    rng = np.random.default_rng(number // 10)
    seen = []
    for slot in range(PEOPLE):
        track = slot if slot else PEOPLE + number // 10
        look = rng.normal(size=EMBEDDING_SIZE) + slot
        place = (3.0 * slot, number / 10)
        box = (0.0, 0.0, 50.0, 100.0)
        seen.append(Observation(track, box, look, place, 0.01 * np.eye(2), 'person'))
    frame = SourceFrame('hall', number / 10, 'net:1', tuple(seen))
    start = time.perf_counter()
    resolver.update(frame)
    return time.perf_counter() - start


def report(counts: list[int]) -> None:
    """Print a table over numbers of identities."""
    print(
        f'{PEOPLE} people in a frame; ms per frame: known tracks, with a new one, 99th percentile'
    )
    print(
        f'{"identities":>10}{"known":>9}{"new":>10}{"p99":>8}{"RAM MB":>10}{"file MB":>9}'
        f'{"write s":>9}{"open s":>9}{"flush ms":>10}{"forget s":>9}'
    )
    for count in counts:
        latency(count)


def memory(minutes: int) -> None:
    """Print memory and the size of the store over simulated time.

    Identities are kept for ten minutes, so that their number is constant after that.
    """
    with TemporaryDirectory() as folder:
        path = Path(folder) / 'people.db'
        config = IdentitiesConfig(retention=10 / 1440)
        resolver = IdentityResolver(config, IdentityStore(path))
        visitors = Visitors(Site(), seed=0)
        print(f'{"minute":>8}{"identities":>12}{"RAM MB":>9}{"file kB":>9}{"log kB":>9}')
        for minute in range(1, minutes + 1):
            for number, (frame, _) in enumerate(visitors.frames(60.0)):
                resolver.update(frame)
                if number % 14 == 0:
                    resolver.maintain(visitors.seconds)
            resolver.take_events()
            if minute % 5 == 0 or minute == 1:
                log = path.with_name(f'{path.name}-wal').stat().st_size / 1e3
                print(
                    f'{minute:8}{len(resolver.identities()):12}{resident():9.1f}'
                    f'{path.stat().st_size / 1e3:9.0f}{log:9.0f}',
                    flush=True,
                )
        resolver.close()


def scale(cameras: list[int], seconds: float = 12.0) -> None:
    """Print the time per frame by number of cameras that one process matches.

    Cameras stand in a row and overlap by two metres; people arrive in proportion.
    """
    print(f'{"cameras":>8}{"people seen":>12}{"ms per frame":>14}{"p99":>8}{"cores":>8}')
    for count in cameras:
        views = tuple((10.0 * i - 1.0, 10.0 * i + 11.0) for i in range(count))
        site = Site((10.0 * count, 12.0), views, arrivals=0.25 * count)
        resolver = IdentityResolver(IdentitiesConfig())
        times, seen = [], 0
        for frame, people in Visitors(site, seed=0).frames(seconds):
            start = time.perf_counter()
            resolver.update(frame)
            times.append(time.perf_counter() - start)
            seen += len(people)
        late = np.array(times[len(times) // 2 :])
        cores = late.mean() * site.rate * count
        print(
            f'{count:8}{seen / len(times) * count:12.0f}{1e3 * late.mean():14.2f}'
            f'{1e3 * np.percentile(late, 99):8.1f}{cores:8.2f}',
            flush=True,
        )
