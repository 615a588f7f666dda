"""Signals that arrive while something is started that must be stopped afterwards."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator

import pytest

from fairmot_ros.starting import blocked_signals, deferred_signals


@pytest.fixture(name='thread')
def _thread() -> Iterator[threading.Thread]:
    """Run a thread that receives signals which the main thread blocks."""
    end = threading.Event()
    thread = threading.Thread(target=end.wait)
    thread.start()
    yield thread
    end.set()
    thread.join()


@pytest.mark.usefixtures('thread')
def test_signal_to_another_thread_is_handled_after_the_block() -> None:
    started = []
    with pytest.raises(KeyboardInterrupt):
        with deferred_signals():
            with blocked_signals():
                os.kill(os.getpid(), signal.SIGINT)
                time.sleep(0.1)
            started.append('node')
        started.append('next node')
    assert started == ['node']


def test_handlers_are_restored_after_an_error() -> None:
    before = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)
    with pytest.raises(OSError, match='no such file'), deferred_signals():
        raise OSError('no such file')
    assert (signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)) == before
