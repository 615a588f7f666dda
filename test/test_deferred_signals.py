# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Signals that arrive where they cannot be handled at once."""

from __future__ import annotations

import subprocess
import sys

#: Sends SIGINT within the block, to a process whose main thread blocks it and another does not.
PROGRAM = """
import os, signal, threading, time
from fairmot_ros.starting import blocked_signals, deferred_signals

end = threading.Event()
threading.Thread(target=end.wait).start()
try:
    with deferred_signals():
        with blocked_signals():
            os.kill(os.getpid(), signal.{signal})
            time.sleep(0.1)
        print('started', flush=True)
    print('next')
except KeyboardInterrupt:
    print('interrupted')
finally:
    end.set()
"""


def run(program: str) -> subprocess.CompletedProcess[str]:
    # In a process of its own, as rclpy and pytest handle signals in theirs.
    return subprocess.run([sys.executable, '-c', program], capture_output=True, text=True)


def test_interrupt_that_another_thread_receives_is_handled_after_the_block() -> None:
    done = run(PROGRAM.format(signal='SIGINT'))
    assert (done.returncode, done.stdout.split()) == (0, ['started', 'interrupted']), done.stderr


def test_default_handler_ends_the_process_after_the_block() -> None:
    done = run(PROGRAM.format(signal='SIGTERM'))
    assert (done.returncode, done.stdout.split()) == (-15, ['started']), done.stderr


def test_handlers_are_restored_after_an_error() -> None:
    done = run("""
import signal
from fairmot_ros.starting import BLOCKED_SIGNALS, deferred_signals

before = [signal.getsignal(number) for number in BLOCKED_SIGNALS]
try:
    with deferred_signals():
        raise OSError
except OSError:
    assert [signal.getsignal(number) for number in BLOCKED_SIGNALS] == before
""")
    assert done.returncode == 0, done.stderr


#: Sends SIGINT in a destructor, out of which Python lets no exception.
IN_A_DESTRUCTOR = """
import signal, sys, time
from fairmot_ros.starting import ExitCode, prepare, ready

class Closing:
    def __del__(self):
        {raised}

prepare(lambda name: True, {{signal.SIGINT: ExitCode.INTERRUPTED}})
ready()
try:
    Closing()
    time.sleep(1)
    print('next')
except KeyboardInterrupt:
    print('interrupted')
"""


def test_interrupt_that_is_discarded_in_a_destructor_is_repeated() -> None:
    done = run(IN_A_DESTRUCTOR.format(raised='signal.raise_signal(signal.SIGINT)'))
    assert (done.returncode, done.stdout, done.stderr) == (0, 'interrupted\n', '')


def test_other_exceptions_in_a_destructor_are_reported() -> None:
    done = run(IN_A_DESTRUCTOR.format(raised='raise OSError("no file")'))
    assert (done.returncode, done.stdout) == (0, 'next\n')
    assert 'Exception ignored in' in done.stderr and 'OSError: no file' in done.stderr
