# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Servers of images on this machine, for tests of addresses."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray


class Then(Enum):
    """What a camera does after its images."""

    CLOSE = 'close'
    REPEAT = 'repeat'
    STALL = 'stall'


INTERVAL = 0.02  # seconds between two images


@contextmanager
def served(handler: type[BaseHTTPRequestHandler]) -> Iterator[str]:
    """Run a server in a thread, and yield its address."""
    server = ThreadingHTTPServer(('127.0.0.1', 0), handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f'http://127.0.0.1:{server.server_port}'
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def camera(images: list[NDArray[np.uint8]], then: Then = Then.CLOSE) -> Iterator[str]:
    """Yield the address of a camera that sends images as Motion JPEG."""
    encoded = [cv2.imencode('.jpg', image)[1].tobytes() for image in images]

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header('Content-Type', 'multipart/x-mixed-replace; boundary=frame')
            self.end_headers()
            try:
                self._send()
                while then is Then.REPEAT:
                    self._send()
                if then is Then.STALL:
                    ended.wait()
            except OSError:  # the client has gone
                return

        def _send(self) -> None:
            for data in encoded:
                head = (
                    f'--frame\r\nContent-Type: image/jpeg\r\nContent-Length: {len(data)}\r\n\r\n'
                )
                self.wfile.write(head.encode() + data + b'\r\n')
                time.sleep(INTERVAL)

        def log_message(self, *_: object) -> None:
            pass

    ended = threading.Event()
    try:
        with served(Handler) as address:
            yield f'{address}/camera'
    finally:
        ended.set()


@contextmanager
def file_server(path: Path) -> Iterator[str]:
    """Yield the address of a file, of which clients can ask for parts."""
    content = path.read_bytes()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            first = int(re.findall(r'\d+', self.headers.get('Range', 'bytes=0-'))[0])
            self.send_response(206)
            self.send_header('Accept-Ranges', 'bytes')
            self.send_header('Content-Range', f'bytes {first}-{len(content) - 1}/{len(content)}')
            self.send_header('Content-Length', str(len(content) - first))
            self.end_headers()
            try:
                self.wfile.write(content[first:])
            except OSError:  # the client has gone
                return

        def log_message(self, *_: object) -> None:
            pass

    with served(Handler) as address:
        yield f'{address}/{path.name}'
