# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""ROS 2 nodes as child processes in a private ROS domain."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from fairmot_ros.starting import blocked_signals, child_environment, python_module

PROFILE = 'fastdds_localhost.xml'
STOP_SECONDS = 15.0
FIRST_DOMAIN, LAST_DOMAIN = 40, 100  # domains above use ephemeral ports
LOCK_PORT = 47_000


class DomainLock:
    """Exclusive use of a ROS domain on this machine, among holders of such locks.

    Attributes:
        number: domain id.
    """

    def __init__(self) -> None:
        """Lock the first free domain.

        Raises:
            RuntimeError: if no domain is free.
        """
        for number in range(FIRST_DOMAIN, LAST_DOMAIN + 1):
            lock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
            try:
                lock.bind(('127.0.0.1', LOCK_PORT + number))
            except OSError:
                lock.close()
                continue
            self._lock = lock
            self.number = number
            return
        raise RuntimeError(
            f'the ROS domains {FIRST_DOMAIN} to {LAST_DOMAIN} are all in use: end other runs'
        )

    def release(self) -> None:
        """Release the domain."""
        self._lock.close()


def local_environment(domain: int, log_folder: Path) -> dict[str, str]:
    """Return environment variables that restrict nodes to a domain on this machine."""
    environment = dict(os.environ)
    profile = find_profile()
    if profile is not None:
        # The name of the variable depends on the distribution.
        environment['FASTRTPS_DEFAULT_PROFILES_FILE'] = str(profile)
        environment['FASTDDS_DEFAULT_PROFILES_FILE'] = str(profile)
    environment.update(
        {
            'ROS_DOMAIN_ID': str(domain),
            'ROS_AUTOMATIC_DISCOVERY_RANGE': 'LOCALHOST',
            'ROS_LOG_DIR': str(log_folder),
            'PYTHONUNBUFFERED': '1',
        }
    )
    if environment.get('ROS_DISTRO') == 'humble':  # has no ROS_AUTOMATIC_DISCOVERY_RANGE
        environment['ROS_LOCALHOST_ONLY'] = '1'
    return environment


def find_profile() -> Path | None:
    """Return the path of the Fast DDS profile for local nodes, None if it is not installed."""
    candidates = [Path(__file__).resolve().parents[3] / 'config' / PROFILE]
    prefixes = [*os.environ.get('AMENT_PREFIX_PATH', '').split(os.pathsep), sys.prefix]
    candidates += [Path(p) / 'share/fairmot_ros/config' / PROFILE for p in prefixes if p]
    return next((path for path in candidates if path.is_file()), None)


class NodeProcess:
    """A node that runs as a child process and writes its output to a file.

    Attributes:
        name: name of the node in messages.
        log: path of the output file.
        process: the child process.
    """

    def __init__(
        self,
        name: str,
        module: str,
        environment: Mapping[str, str],
        log: Path,
        parameters: Mapping[str, Any] | None = None,
        remappings: Mapping[str, str] | None = None,
        *,
        show_errors: bool = False,
    ) -> None:
        """Start a module; the current folder is not on its module path.

        The node also ends when this process is killed, or the thread that called this ends.

        Args:
            name: name of the node in messages.
            module: Python module to run.
            environment: environment variables.
            log: path of the output file.
            parameters: ROS parameters by name.
            remappings: remapping rules, names before to names after.
            show_errors: whether to inherit stderr instead of writing it to `log`.
        """
        self.name = name
        self.log = log
        command = [*python_module(module), '--ros-args']
        for key, value in (parameters or {}).items():
            command += ['-p', f'{key}:={_as_yaml(value)}']
        for source, target in (remappings or {}).items():
            command += ['-r', f'{source}:={target}']
        with log.open('wb') as file, blocked_signals():
            self.process = subprocess.Popen(
                command,
                env={**environment, **child_environment()},
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=None if show_errors else file,
            )

    def stop(self) -> int:
        """Interrupt the node, kill it after `STOP_SECONDS`, and return its exit code."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self.process.kill()
        return self.process.wait()

    def last_lines(self, count: int = 8) -> str:
        """Return the last lines of the output."""
        return '\n'.join(self.log.read_text(errors='replace').splitlines()[-count:])


def _as_yaml(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return f'[{", ".join(map(_as_yaml, value))}]'
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    return str(value)


def make_log_folder() -> Path:
    """Create a temporary folder for logs, which is kept for the analysis of failures."""
    return Path(tempfile.mkdtemp(prefix='fairmot_'))


def stop_all(nodes: Sequence[NodeProcess]) -> str:
    """Stop nodes in the reverse order of their start.

    Returns:
        A sentence about the first node with an exit code other than 0, '' if there is none.
    """
    # Consumers are started first, so publishers stop first and messages in transit still arrive.
    codes = {node.name: node.stop() for node in reversed(nodes)}
    for node in nodes:
        if codes[node.name] != 0:
            return (
                f'the {node.name} ended with exit code {codes[node.name]}; its output is in '
                f'{node.log}'
            )
    return ''
