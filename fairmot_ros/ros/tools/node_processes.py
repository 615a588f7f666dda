"""Starting ROS 2 nodes as real processes on a domain of their own."""

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

from fairmot_ros.starting import blocked_signals, python_module

PROFILE = 'fastdds_localhost.xml'
STOP_SECONDS = 15.0
FIRST_DOMAIN, LAST_DOMAIN = 40, 100  # below the range that needs ephemeral ports
LOCK_PORT = 47_000


class DomainLock:
    """A ROS domain that no other holder of such a lock on this machine uses.

    Attributes:
        number: the domain's id.
    """

    def __init__(self) -> None:
        """Take the first free domain.

        Raises:
            RuntimeError: if all are taken.
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
        raise RuntimeError('no free ROS domain on this machine')

    def release(self) -> None:
        """Let others have the domain."""
        self._lock.close()


def local_environment(domain: int, log_folder: Path) -> dict[str, str]:
    """Return an environment in which nodes see each other and nothing else."""
    environment = dict(os.environ)
    profile = find_profile()
    if profile is not None:
        # The variable's name depends on the distribution.
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
    if environment.get('ROS_DISTRO') == 'humble':  # before the discovery range there was this
        environment['ROS_LOCALHOST_ONLY'] = '1'
    return environment


def find_profile() -> Path | None:
    """Return the Fast DDS profile for one machine: from the source tree or the installation."""
    candidates = [Path(__file__).resolve().parents[3] / 'config' / PROFILE]
    prefixes = [*os.environ.get('AMENT_PREFIX_PATH', '').split(os.pathsep), sys.prefix]
    candidates += [Path(p) / 'share/fairmot_ros/config' / PROFILE for p in prefixes if p]
    return next((path for path in candidates if path.is_file()), None)


class NodeProcess:
    """One node as a child process, with its output in a file.

    Attributes:
        name: for messages.
        log: path of the output.
        process: the child.
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
        """Start a module with ROS arguments; `show_errors` leaves stderr alone.

        The current folder, which may be anybody's, is not on its module path.
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
                env=dict(environment),
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=None if show_errors else file,
            )

    def stop(self) -> int:
        """Ask the node to end, insist if it does not; returns its exit code."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self.process.kill()
        return self.process.wait()

    def last_lines(self, count: int = 8) -> str:
        """Return the end of the output."""
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
    """Return a fresh folder for logs that outlives the process, for a look after a failure."""
    return Path(tempfile.mkdtemp(prefix='fairmot_'))


def stop_all(nodes: Sequence[NodeProcess]) -> str:
    """Stop nodes that were started from the last of the flow to its first.

    Returns:
        A sentence on the first one that did not end cleanly, '' if all did.
    """
    # In the order of the flow, so that what is under way still arrives.
    codes = {node.name: node.stop() for node in reversed(nodes)}
    for node in nodes:
        if codes[node.name] != 0:
            return (
                f'the {node.name} did not end cleanly (code {codes[node.name]}); '
                f'its output is in {node.log}'
            )
    return ''
