# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""A local web page that shows the frames while they are tracked."""

from __future__ import annotations

import json
import os
import secrets
import sys
import threading
import webbrowser
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import cv2

from fairmot_ros.standalone.outputs.base import TrackedFrame

ADDRESS = '127.0.0.1'
JPEG_QUALITY = 85
BOUNDARY = 'frame'
_WAIT = 1.0  # seconds between checks whether the page ends
PAGE = """<!DOCTYPE html>
<html lang="en">
<meta charset="utf-8">
<title>fairmot-track</title>
<style>
body { margin: 0; background: #181818; color: #ddd; font: 15px sans-serif; }
img { display: block; max-width: 100vw; max-height: calc(100vh - 2.5em); margin: auto; }
p { margin: 0.5em; text-align: center; }
</style>
<img id="image" src="images" alt="">
<p id="status">waiting for the first frame</p>
<script>
const image = document.getElementById('image'), status = document.getElementById('status');
async function update() {
  try {
    const state = await (await fetch('status')).json();
    status.textContent = state.text;
    if (!state.ended) setTimeout(update, 500);
  } catch {
    status.textContent += ' (ended)';
  }
}
update();
</script>
</html>
"""


class LivePage:
    """Serves the newest frame to browsers of this machine.

    The address has a random part, so that other users and web sites cannot guess it.

    Attributes:
        address: of the page.
    """

    def __init__(self, port: int = 0) -> None:
        """Start the server.

        Args:
            port: port on 127.0.0.1; 0 for a free one.

        Raises:
            ValueError: if the port cannot be used.
        """
        try:
            self._server = _Server((ADDRESS, port), _Handler)
        except (OSError, OverflowError) as error:
            raise ValueError(
                f'the page cannot be shown on port {port}: {error}; choose another one, or 0 for '
                'any that is free'
            ) from error
        self.address = f'http://{ADDRESS}:{self._server.server_port}/{self._server.token}/'
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def open_browser(self) -> bool:
        """Open the page in a browser; return whether there is a display to do so."""
        has_display = sys.platform in ('darwin', 'win32') or bool(
            os.environ.get('DISPLAY') or os.environ.get('WAYLAND_DISPLAY')
        )
        return has_display and webbrowser.open(self.address)

    def show(self, frame: TrackedFrame) -> None:
        """Show a frame; it is encoded only while the page is open."""
        text = f'frame {frame.number}, {frame.stamp:.1f} s: {len(frame.tracks)} tracked'
        self._server.publish(frame, text)

    def close(self) -> None:
        """End the page; browsers keep the last frame."""
        self._server.end()


class _Server(ThreadingHTTPServer):
    """State that the handlers of all connections share."""

    daemon_threads = True

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.token = secrets.token_urlsafe(12)
        self.changed = threading.Condition()
        self.viewers = 0
        self.jpeg = b''
        self.count = 0  # of encoded frames
        self.text = 'waiting for the first frame'
        self.ended = False

    def publish(self, frame: TrackedFrame, text: str) -> None:
        self.text = text
        if not self.viewers or frame.canvas is None:
            return
        _, data = cv2.imencode('.jpg', frame.canvas, (cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY))
        with self.changed:
            self.jpeg = data.tobytes()
            self.count += 1
            self.changed.notify_all()

    def end(self) -> None:
        with self.changed:
            self.ended = True
            self.changed.notify_all()
        self.shutdown()
        self.server_close()


class _Handler(BaseHTTPRequestHandler):
    """Answers one connection."""

    server: _Server

    def do_GET(self) -> None:
        token, _, name = self.path.strip('/').partition('/')
        if not secrets.compare_digest(token.encode(), self.server.token.encode()):
            self.send_error(404)
        elif name == '':
            self._send(PAGE.encode(), 'text/html; charset=utf-8')
        elif name == 'status':
            state = {'text': self.server.text, 'ended': self.server.ended}
            self._send(json.dumps(state).encode(), 'application/json')
        elif name == 'images':
            self._send_images()
        else:
            self.send_error(404)

    def _send(self, content: bytes, kind: str) -> None:
        self.send_response(200)
        self.send_header('Content-Type', kind)
        self.send_header('Content-Length', str(len(content)))
        self.send_header('Cache-Control', 'no-store')
        self.end_headers()
        self.wfile.write(content)

    def _send_images(self) -> None:
        """Send each new frame as a part, until the page ends or the browser leaves."""
        server = self.server
        self.send_response(200)
        self.send_header('Content-Type', f'multipart/x-mixed-replace; boundary={BOUNDARY}')
        self.send_header('Cache-Control', 'no-store')
        self.end_headers()
        sent = server.count
        with server.changed:
            server.viewers += 1
        try:
            while True:
                with server.changed:
                    if server.count == sent and not server.ended:
                        server.changed.wait(_WAIT)
                    jpeg, is_new, sent = server.jpeg, server.count != sent, server.count
                if is_new:
                    self.wfile.write(
                        f'--{BOUNDARY}\r\nContent-Type: image/jpeg\r\n'
                        f'Content-Length: {len(jpeg)}\r\n\r\n'.encode()
                    )
                    self.wfile.write(jpeg + b'\r\n')
                elif server.ended:
                    return
        except OSError:  # the browser closed the connection
            return
        finally:
            with server.changed:
                server.viewers -= 1

    def log_message(self, *_: object) -> None:
        """Print nothing."""
