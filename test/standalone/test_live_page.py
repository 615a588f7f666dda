# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""The page of --show: served to this machine alone, with each new frame."""

from __future__ import annotations

import json
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator

import cv2
import numpy as np
import pytest

from fairmot_ros.standalone.live_page import LivePage
from fairmot_ros.standalone.outputs.base import TrackedFrame
from fairmot_ros.types import Tracks


@pytest.fixture
def page() -> Iterator[LivePage]:
    page = LivePage()
    yield page
    page.close()


def fetch(address: str) -> bytes:
    with urllib.request.urlopen(address, timeout=30) as answer:
        return answer.read()  # type: ignore[no-any-return]


def make_frame(number: int) -> TrackedFrame:
    image = np.full((48, 64, 3), number, np.uint8)
    return TrackedFrame(number, number / 10, image, Tracks.of([]), image)


def test_page_and_status(page: LivePage) -> None:
    assert page.address.startswith('http://127.0.0.1:')
    text = fetch(page.address).decode()
    assert 'src="images"' in text
    page.show(make_frame(7))
    assert json.loads(fetch(f'{page.address}status')) == {
        'text': 'frame 7, 0.7 s: 0 tracked',
        'ended': False,
    }


def test_frames_arrive_until_the_end(page: LivePage) -> None:
    received: list[bytes] = []
    viewer = threading.Thread(target=lambda: received.append(fetch(f'{page.address}images')))
    viewer.start()
    while not page._server.viewers:
        time.sleep(0.01)
    for number in range(10, 60):
        page.show(make_frame(number))
        time.sleep(0.02)
    page.close()
    viewer.join(30)
    parts = received[0].split(b'--frame\r\n')[1:]
    images = [part.split(b'\r\n\r\n', 1)[1] for part in parts]
    values = [
        round(float(cv2.imdecode(np.frombuffer(image, np.uint8), cv2.IMREAD_COLOR).mean()))
        for image in images
    ]
    assert values[-1] == 59
    assert values == sorted(set(values))


@pytest.mark.parametrize('path', ['', 'status', 'images', 'x/images', '../etc/passwd'])
def test_the_address_cannot_be_guessed(page: LivePage, path: str) -> None:
    root = page.address.rsplit('/', 2)[0]
    with pytest.raises(urllib.error.HTTPError, match='404'):
        fetch(f'{root}/{path}')
    with pytest.raises(urllib.error.HTTPError, match='404'):
        fetch(f'{page.address}other')


def test_a_port_in_use_is_an_error(page: LivePage) -> None:
    port = int(page.address.split(':')[2].split('/')[0])
    with pytest.raises(ValueError, match=f'the page cannot be shown on port {port}: .* in use'):
        LivePage(port)
    with pytest.raises(ValueError, match='the page cannot be shown on port 70000'):
        LivePage(70000)


def test_no_browser_is_started_without_a_display(
    page: LivePage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr('sys.platform', 'linux')
    for name in ('DISPLAY', 'WAYLAND_DISPLAY'):
        monkeypatch.delenv(name, raising=False)
    assert not page.open_browser()
