"""The first seconds of a process: modules such as torch are imported before `main()` runs.

The packages `cli` and `ros` call `prepare` when they are imported, which is before the module that
is run and everything it imports.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from collections.abc import Callable, Iterator
from enum import IntEnum
from pathlib import Path
from types import FrameType

#: Keeps the current folder off the module path of `python -m` (CWE-426); since Python 3.11.
SAFE_PATH = ('-P',) if sys.version_info >= (3, 11) else ()

HELD = (signal.SIGINT, signal.SIGTERM)

_prepared = False
_ready = False
_interrupted = False


class ExitCode(IntEnum):
    """What commands and nodes return; `docs/evaluation.md` and `docs/ros.md` explain the codes."""

    SUCCESS = 0
    NOT_KEPT = 1  # it ran, and what it was to check does not hold
    MISTAKE = 2  # the user's; argparse exits with 2 as well
    FAULT = 3  # ours
    INTERRUPTED = 130  # as of a shell's child that SIGINT ends


def python_module(module: str) -> list[str]:
    """Return the command of a child process that runs a module, without the current folder."""
    return [sys.executable, *SAFE_PATH, '-m', module]


def prepare(is_script: Callable[[str], bool], signals: dict[signal.Signals, ExitCode]) -> None:
    """Prepare the process, where it was started to run a module of the package that calls this.

    Under ``python -m`` the current folder is taken off the module path: a file there, such as
    ``cv2.py``, must not replace a module. Signals end the process with their exit code until
    `main()` handles them.

    Args:
        is_script: whether an executable of this name calls such a module.
        signals: exit code of each; 130 is accompanied by a sentence.
    """
    program = sys.argv[0] if sys.argv else ''
    if program == '-m':  # until Python has found the module
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
        if number == signal.SIGINT:
            _interrupted = True
            signal.default_int_handler(number, frame)

    global _prepared
    _prepared = True
    for number in signals:
        signal.signal(number, end)
    _release_signals()


def ready() -> None:
    """Note that `main()` handles signals from now on."""
    global _ready
    _ready = True
    _release_signals()


@contextlib.contextmanager
def held_signals() -> Iterator[None]:
    """Let child processes start with SIGINT and SIGTERM held back until they can handle them.

    Otherwise a signal while Python itself starts ends a child with its traceback. Only for modules
    that call `prepare` or `ready`, which release the signals.
    """
    before = signal.pthread_sigmask(signal.SIG_BLOCK, HELD)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _release_signals() -> None:
    signal.pthread_sigmask(signal.SIG_UNBLOCK, HELD)


def was_interrupted() -> bool:
    """Whether SIGINT has come, even where native code has swallowed the KeyboardInterrupt."""
    return _interrupted


def leave(code: ExitCode) -> ExitCode:
    """Return an exit code, or end the process with it, if that was started as a command.

    After a KeyboardInterrupt in native code that runs Python, the interpreter kills itself with
    SIGINT instead of using the exit code.
    """
    if _prepared:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
    return code


def _program_name() -> str:
    name = Path(sys.argv[0]).stem
    return 'fairmot_ros' if name == '-m' else name


def _is_safe() -> bool:
    return bool(getattr(sys.flags, 'safe_path', False))
