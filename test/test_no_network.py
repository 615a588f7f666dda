# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Nothing reaches for the network: imports of all modules, the default model, a command."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[1]
ONNX_FILE = REPOSITORY / 'test' / 'data' / 'v0_1' / 'model.onnx'
CLIP = REPOSITORY / 'fairmot_ros' / 'data' / 'pedestrians.mp4'

#: Ends the process with code 9 on any use of the socket module beyond creating a socket.
BLOCK = """
import os, socket, sys

def refuse(name):
    def call(*arguments, **options):
        print('network:', name, arguments, file=sys.stderr, flush=True)
        os._exit(9)
    return call

for name in ('getaddrinfo', 'gethostbyname', 'create_connection', 'gethostbyaddr'):
    setattr(socket, name, refuse(name))

class Refused(socket.socket):
    connect = refuse('connect')
    connect_ex = refuse('connect_ex')
    sendto = refuse('sendto')

socket.socket = Refused
"""

IMPORT_ALL = """
import importlib, pkgutil
import fairmot_ros
modules = [m.name for m in pkgutil.walk_packages(fairmot_ros.__path__, 'fairmot_ros.')]
for name in modules:
    if name.endswith('__main__') or ('.ros.' in name and not {with_ros}):
        continue
    try:
        importlib.import_module(name)
    except ImportError:
        pass  # an optional package is missing
print(len(modules))
"""

DETECT = """
from fairmot_ros.media.video_source import VideoSource
from fairmot_ros.detector import Detector
print(len(Detector({weights!r})(next(iter(VideoSource({clip!r}))))))
"""


def run(program: str, **variables: str) -> str:
    """Run a program without network in a process of its own; return what it prints."""
    done = subprocess.run(
        [sys.executable, '-c', BLOCK + program],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        env={**os.environ, **variables},
    )
    assert done.returncode == 0, done.stderr
    assert 'network:' not in done.stderr, 'of a child process'
    return done.stdout


def test_all_modules_are_imported_without_network() -> None:
    assert int(run(IMPORT_ALL.format(with_ros=find_spec('rclpy') is not None))) > 200


def test_default_model_detects_without_network(tmp_path: Path) -> None:
    """Nor does OpenVINO send telemetry, which it otherwise leaves out in workflows alone."""
    program = DETECT.format(weights='default', clip=str(CLIP))
    assert int(run(program, HOME=str(tmp_path), CI='', TF_BUILD='')) > 0
    assert not list(tmp_path.glob('*ntel*'))


def test_onnx_runtime_detects_without_telemetry(tmp_path: Path) -> None:
    """It would keep an id and messages to send in the user's folder of caches."""
    pytest.importorskip('onnxruntime')
    program = DETECT.format(weights=str(ONNX_FILE), clip=str(CLIP))
    run(program, HOME=str(tmp_path), XDG_CACHE_HOME=str(tmp_path), CI='', TF_BUILD='')
    assert not list(tmp_path.rglob('*onnxruntime*'))


@pytest.mark.parametrize(
    'use', ['socket.create_connection(("127.0.0.1", 9))', 'socket.socket().connect(("::1", 9))']
)
def test_use_of_the_network_would_be_noticed(use: str) -> None:
    done = subprocess.run([sys.executable, '-c', BLOCK + use], capture_output=True, text=True)
    assert done.returncode == 9
