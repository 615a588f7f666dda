# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator

import pytest

pytest.importorskip('rclpy', reason='needs ROS 2')
from fairmot_ros.ros.processing.worker import CallInterruptedError, Worker, is_worker_running

TIMEOUT = 10.0  # seconds; longer than any step of these tests takes


class Gate:
    """Function that sets `begun` when called and returns after `may_return` is set."""

    def __init__(self) -> None:
        self.begun, self.may_return = threading.Event(), threading.Event()

    def __call__(self, *_: object) -> str:
        self.begun.set()
        assert self.may_return.wait(TIMEOUT)
        return 'done'


class Recorder:
    """Process function that keeps its items and the threads that called it."""

    def __init__(self) -> None:
        self.items: list[dict[str, int]] = []
        self.threads: set[threading.Thread] = set()

    def __call__(self, items: dict[str, int]) -> None:
        self.items.append(items)
        self.threads.add(threading.current_thread())


@pytest.fixture
def worker() -> Iterator[Worker[str, int]]:
    worker: Worker[str, int] = Worker()
    worker.process = Recorder()
    yield worker
    assert worker.stop(TIMEOUT)
    assert not is_worker_running()


def in_background(function: Callable[[], object]) -> threading.Thread:
    thread = threading.Thread(target=function)
    thread.start()
    return thread


def wait_for(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + TIMEOUT
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_only_the_newest_item_of_each_source_is_processed(worker: Worker[str, int]) -> None:
    gate, record = Gate(), Recorder()
    worker.process = record
    busy = in_background(lambda: worker.call(gate))
    assert gate.begun.wait(TIMEOUT)
    dropped = [worker.put(source, i) for source, i in (('a', 1), ('b', 2), ('a', 3), ('a', 4))]
    assert dropped == [False, False, True, True]
    gate.may_return.set()
    busy.join()
    wait_for(lambda: bool(record.items))
    worker.put('b', 5)
    wait_for(lambda: len(record.items) == 2)
    assert record.items == [{'b': 2, 'a': 4}, {'b': 5}]
    assert list(record.items[0]) == ['b', 'a'], 'in the order of the newest items'


def test_calls_and_items_share_one_thread(worker: Worker[str, int]) -> None:
    record = Recorder()
    worker.process = record
    loading, warming_up = (worker.call(threading.current_thread) for _ in range(2))
    for number in range(3):
        worker.put('camera', number)
        wait_for(lambda n=number: len(record.items) > n)
        assert worker.drain(TIMEOUT)
    assert record.threads == {loading} == {warming_up}
    assert loading is not threading.current_thread()
    assert is_worker_running()


def test_call_returns_the_result_or_raises_the_exception(worker: Worker[str, int]) -> None:
    assert worker.call(lambda: 6 * 7) == 42

    def fail() -> None:
        raise OSError('no such file')

    with pytest.raises(OSError, match='no such file') as caught:
        worker.call(fail)
    assert any(entry.name == 'fail' for entry in caught.traceback), 'the traceback is kept'
    with pytest.raises(SystemExit):
        worker.call(lambda: (_ for _ in ()).throw(SystemExit(3)))
    assert worker.call(lambda: 'still running') == 'still running'


def test_drain_discards_waiting_items_and_waits_for_the_current_one(
    worker: Worker[str, int],
) -> None:
    gate = Gate()
    worker.process = gate
    worker.put('camera', 1)
    assert gate.begun.wait(TIMEOUT)
    gate.begun.clear()
    worker.put('camera', 2)
    assert not worker.drain(0.05), 'the first item is still being processed'
    gate.may_return.set()
    assert worker.drain(TIMEOUT)
    assert not gate.begun.is_set(), 'the second item was discarded'


def test_stop_finishes_the_current_call_and_rejects_later_ones() -> None:
    worker: Worker[str, int] = Worker()
    gate = Gate()
    results: list[str] = []
    busy = in_background(lambda: results.append(worker.call(gate)))
    assert gate.begun.wait(TIMEOUT)
    assert not worker.stop(0.05), 'the call has not returned'
    gate.may_return.set()
    assert worker.stop(TIMEOUT)
    busy.join()
    assert results == ['done']
    with pytest.raises(CallInterruptedError):
        worker.call(gate)


def test_call_is_interrupted_when_the_process_ends() -> None:
    ending = threading.Event()
    worker: Worker[str, int] = Worker(ending.is_set)
    gate = Gate()
    threading.Timer(0.1, ending.set).start()
    started = time.monotonic()
    with pytest.raises(CallInterruptedError):
        worker.call(gate)
    assert time.monotonic() - started < TIMEOUT / 2
    assert not worker.stop(0.05)
    gate.may_return.set()
    assert worker.stop(TIMEOUT)


def test_lack_of_memory_does_not_end_the_thread(
    worker: Worker[str, int], caplog: pytest.LogCaptureFixture
) -> None:
    record = Recorder()

    def fail_first(items: dict[str, int]) -> None:
        if items['camera'] == 1:
            raise MemoryError
        record(items)

    worker.process = fail_first
    worker.put('camera', 1)
    wait_for(lambda: 'out of memory: a frame is dropped without a report' in caplog.text)
    worker.put('camera', 2)
    wait_for(lambda: record.items == [{'camera': 2}])


def test_idle_worker_stops_at_once() -> None:
    worker: Worker[str, int] = Worker()
    assert worker.stop(TIMEOUT)
