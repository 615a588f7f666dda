# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0

from __future__ import annotations

import threading
import time

import pytest

from fairmot_ros.ros.health.statistics import WINDOW, Statistics

ROUNDS = 2000


def test_snapshot_is_a_copy() -> None:
    statistics = Statistics()
    statistics.note_arrival(5.0)
    statistics.add('track', 0.25)
    before = statistics.snapshot()
    statistics.note_failure('the image is empty')
    statistics.add('track', 0.75)
    assert before.counters.received == 1
    assert before.counters.failed == 0
    assert before.stages['track'] == (1, 0.25, 0.25, 0.25)
    after = statistics.snapshot()
    assert (after.last_arrival, after.last_error) == (5.0, 'the image is empty')
    assert after.stages['track'].p50 == pytest.approx(0.5)
    statistics.note_success()
    assert statistics.snapshot().last_error == ''


def test_rate_is_measured_from_processed_frames() -> None:
    statistics = Statistics()
    assert statistics.note_tracked() == 0
    time.sleep(0.05)
    assert 0 < statistics.note_tracked() <= 20
    assert 0 < statistics.snapshot().rate <= 20


def test_concurrent_updates_are_all_counted() -> None:
    """Two writers, like executor and worker, and two readers, like timer and service."""
    statistics = Statistics()
    done = threading.Event()
    errors: list[Exception] = []

    def write() -> None:
        for i in range(ROUNDS):
            statistics.note_arrival(float(i))
            statistics.count('dropped')
            statistics.add(f'stage {i % 7}', 1.0)
            statistics.note_tracked()
            statistics.note_success()

    def read() -> None:
        while not done.is_set():
            try:
                snapshot = statistics.snapshot()
                counters = snapshot.counters
                assert counters.processed <= counters.dropped <= counters.received
                assert all(1 <= stage.samples <= WINDOW for stage in snapshot.stages.values())
                assert all(stage.p50 == 1.0 for stage in snapshot.stages.values())
            except Exception as error:
                errors.append(error)
                return

    readers = [threading.Thread(target=read) for _ in range(2)]
    writers = [threading.Thread(target=write) for _ in range(2)]
    for thread in (*readers, *writers):
        thread.start()
    for thread in writers:
        thread.join()
    done.set()
    for thread in readers:
        thread.join()
    assert not errors
    counters = statistics.snapshot().counters
    assert (counters.received, counters.dropped, counters.processed) == (2 * ROUNDS,) * 3
