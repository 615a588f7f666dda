# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Start of a process: safe module path, and signal handling before `main()` runs.

Importing modules such as torch takes seconds. The packages `cli` and `ros` therefore call
`prepare` when they are imported, before the module to run and everything that it imports.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from enum import IntEnum
from pathlib import Path
from types import FrameType

#: Option that excludes the current folder from the module path of `python -m` (CWE-426).
SAFE_PATH = ('-P',) if sys.version_info >= (3, 11) else ()

#: Variable with the id of the process that started a node, and the request of Linux to be told of
#: its end.
PARENT = 'FAIRMOT_ROS_PARENT'
PR_SET_PDEATHSIG = 1

#: Signals that are blocked until a process can handle them.
BLOCKED_SIGNALS = (signal.SIGINT, signal.SIGTERM)

#: Until an interrupt that was discarded is repeated.
REPEAT_SECONDS = 0.02

_prepared = False
_ready = False
_interrupted = False


class ExitCode(IntEnum):
    """Exit codes of commands and nodes; see `docs/evaluation.md` and `docs/ros.md`."""

    SUCCESS = 0
    CHECK_FAILED = 1  # the command ran, but a check failed, such as a limit
    USAGE_ERROR = 2  # invalid arguments, parameters or files; the same code as of argparse
    INTERNAL_ERROR = 3  # unexpected exception
    INTERRUPTED = 130  # by SIGINT or SIGTERM; 128 + SIGINT, as in a shell


def python_module(module: str) -> list[str]:
    """Return the command line that runs a module, without the current folder on its path."""
    return [sys.executable, *SAFE_PATH, '-m', module]


def prepare(is_script: Callable[[str], bool], signals: dict[signal.Signals, ExitCode]) -> None:
    """Prepare the process if it was started to run a module of the calling package.

    With ``python -m``, the current folder is removed from the module path, so that a file in it,
    such as ``cv2.py``, cannot replace a module. Until `main()` handles signals, they end the
    process with an exit code.

    Args:
        is_script: returns whether an executable of this name runs a module of the package.
        signals: exit code by signal; for 130, a message is printed, and `main()` handles the
            signal as a KeyboardInterrupt.
    """
    program = sys.argv[0] if sys.argv else ''
    if program == '-m':  # Python replaces it by the path once it has found the module
        if sys.path and Path(sys.path[0]) == Path.cwd() and not _is_safe():
            del sys.path[0]
    elif not is_script(Path(program).name):
        return

    def end(number: int, frame: FrameType | None) -> None:
        global _interrupted
        code = signals[signal.Signals(number)]
        if not _ready:
            if code == ExitCode.INTERRUPTED:
                print(f'{_program_name()}: interrupted', file=sys.stderr, flush=True)
            os._exit(code)
        if number == signal.SIGINT or code == ExitCode.INTERRUPTED:
            _interrupted = True
            signal.default_int_handler(number, frame)

    _end_with_parent()
    sys.unraisablehook = _interrupt_again
    global _prepared
    _prepared = True
    for number in signals:
        signal.signal(number, end)
    _release_signals()


def ready() -> None:
    """Declare that `main()` handles signals from now on."""
    global _ready
    _ready = True
    _release_signals()


@contextlib.contextmanager
def blocked_signals() -> Iterator[None]:
    """Block SIGINT and SIGTERM in child processes until they can handle them.

    Otherwise, a signal during the start of Python ends a child with a traceback. Use it only for
    modules that call `prepare` or `ready`, which unblock the signals.
    """
    before = signal.pthread_sigmask(signal.SIG_BLOCK, BLOCKED_SIGNALS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextlib.contextmanager
def deferred_signals() -> Iterator[None]:
    """Handle SIGINT and SIGTERM after the block instead of within it.

    Blocking them would not do: any thread of a native library may then receive the signal, and
    Python runs its handler in the main thread. Call it from the main thread.
    """
    received: list[int] = []

    def defer(number: int, frame: FrameType | None) -> None:
        received.append(number)

    before = {number: signal.signal(number, defer) for number in BLOCKED_SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, signal.SIG_DFL if handler is None else handler)
        for late in received:
            signal.raise_signal(late)


def child_environment() -> dict[str, str]:
    """Return the variables with which a node ends when the calling process is killed."""
    return {PARENT: str(os.getpid())}


def _end_with_parent() -> None:
    """Request SIGTERM for the moment when the process that is named in the environment ends."""
    parent = os.environ.pop(PARENT, '')
    if not parent or sys.platform != 'linux':
        return
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != int(parent):  # it has ended before
        os._exit(ExitCode.SUCCESS)


def _interrupt_again(
    discarded: sys.UnraisableHookArgs,
    report: Callable[[sys.UnraisableHookArgs], object] = sys.unraisablehook,
) -> None:
    """Repeat an interrupt that hit a destructor or a callback, where Python discards it."""
    if discarded.exc_type is not KeyboardInterrupt:
        report(discarded)
        return
    main = threading.main_thread().ident
    assert main is not None
    # From another thread, as this one must leave the callback first.
    again = threading.Timer(REPEAT_SECONDS, signal.pthread_kill, (main, signal.SIGINT))
    again.daemon = True
    again.start()


def _release_signals() -> None:
    signal.pthread_sigmask(signal.SIG_UNBLOCK, BLOCKED_SIGNALS)


def was_interrupted() -> bool:
    """Return whether a signal was received, even if native code discarded the exception."""
    return _interrupted


def end_on_signals(code: int) -> None:
    """Let SIGINT and SIGTERM end the process with a code that is known, if it is a command."""
    if _prepared:
        for number in BLOCKED_SIGNALS:
            signal.signal(number, lambda number, frame: os._exit(code))


def ignore_signals() -> None:
    """Ignore SIGINT and SIGTERM from now on, if the process was started as a command."""
    if _prepared:
        for number in BLOCKED_SIGNALS:
            signal.signal(number, signal.SIG_IGN)


def leave(code: ExitCode) -> ExitCode:
    """End the process with an exit code if it was started as a command; otherwise return the code.

    The process is ended directly because, after a KeyboardInterrupt in native code that runs
    Python, the interpreter would kill itself with SIGINT instead of returning the code.
    """
    if _prepared:
        for stream in (sys.stdout, sys.stderr):
            with contextlib.suppress(OSError):  # on a full disk
                stream.flush()
        os._exit(code)
    return code


def _program_name() -> str:
    name = Path(sys.argv[0]).stem
    return 'fairmot_ros' if name == '-m' else name


def _is_safe() -> bool:
    return bool(getattr(sys.flags, 'safe_path', False))
