# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""The `ros2` command, as a user runs it in a terminal."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

SECONDS = 90.0  # more than any command takes, also on a busy machine


class Running:
    """A command that runs until it is interrupted; its output goes to a file.

    Attributes:
        process: the child process.
    """

    def __init__(self, command: list[str], environment: dict[str, str], log: Path) -> None:
        self._log = log
        with log.open('wb') as file:
            self.process = subprocess.Popen(
                command,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=file,
                start_new_session=True,
            )

    @property
    def output(self) -> str:
        return self._log.read_text(errors='replace')

    def wait_for(self, found: Callable[[str], object]) -> str:
        """Wait until the output fulfils a condition; return it."""
        end = time.monotonic() + SECONDS
        while not found(self.output):
            assert self.process.poll() is None, f'ended early:\n{self.output}'
            assert time.monotonic() < end, f'timeout:\n{self.output}'
            time.sleep(0.1)
        return self.output

    def interrupt(self) -> int:
        """Interrupt it with all its child processes, as Ctrl-C does; return the exit code."""
        os.killpg(self.process.pid, signal.SIGINT)
        return self.process.wait(SECONDS)


class Ros2:
    """Calls `ros2` with the environment of the tests."""

    def __init__(self, environment: dict[str, str], folder: Path) -> None:
        """Skip the test without the command, or if it does not find this package."""
        program = shutil.which('ros2')
        if program is None:
            pytest.skip('needs the command ros2, which is not on PyPI')
        self._program = program
        self._environment = environment
        self._folder = folder
        self._running: list[Running] = []
        if self.try_('pkg', 'prefix', 'fairmot_ros').returncode:
            pytest.skip('ros2 does not find fairmot_ros: its prefix is not in AMENT_PREFIX_PATH')

    def try_(self, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
        """Run a command to its end."""
        return subprocess.run(
            [self._program, *map(str, arguments)],
            env=self._environment,
            cwd=self._folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=SECONDS,
        )

    def __call__(self, *arguments: str | Path) -> str:
        """Run a command to its end, expect success and return what it printed."""
        done = self.try_(*arguments)
        assert done.returncode == 0, f'{arguments}: {done.stdout}\n{done.stderr}'
        return done.stdout

    def start(self, *arguments: str | Path) -> Running:
        """Start a command that runs until it is interrupted."""
        log = self._folder / f'ros2_{len(self._running)}.log'
        environment = {**self._environment, 'PYTHONUNBUFFERED': '1'}
        command = [self._program, *map(str, arguments)]
        self._running.append(Running(command, environment, log))
        return self._running[-1]

    def end(self) -> None:
        """End what still runs, also the daemon that `ros2` has started."""
        for running in self._running:
            if running.process.poll() is None:
                os.killpg(running.process.pid, signal.SIGKILL)
                running.process.wait()
        self.try_('daemon', 'stop')


def has_bag_command() -> bool:
    """Return whether `ros2 bag` can be called."""
    program = shutil.which('ros2')
    if program is None:
        return False
    help_ = subprocess.run([program, 'bag', 'play', '--help'], capture_output=True, env=os.environ)
    return help_.returncode == 0
