# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Many reliable subscribers that take no messages, and one whose process is stopped.

Reliable means that the middleware sends a message again that was lost, as long as the publisher
keeps it. The nodes keep the last ones (KEEP_LAST), so a subscriber that is slower loses the older
ones, and no publisher waits for it.
"""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip('rclpy', reason='needs ROS 2')
if sys.platform != 'linux':
    pytest.skip('reads the memory of a process from /proc', allow_module_level=True)
from idle_subscribers import READY
from peers import Camera, NodeStarter, Peer
from statuses import OK, Statuses
from vision_msgs.msg import Detection2DArray

FRAMES = 60  # per measurement; their annotated images are 80 MB
MAX_GROWTH = 40 * 2**20  # bytes
MAX_BLOCKING = 100.0  # milliseconds for which Fast DDS waits for slow readers that keep all


def resident_memory(process_id: int) -> int:
    """Return the resident memory of a process, without the memory it shares, in bytes."""
    lines = Path(f'/proc/{process_id}/status').read_text().splitlines()
    return 1024 * int(next(line.split()[1] for line in lines if line.startswith('RssAnon')))


@pytest.fixture
def subscribers(
    environment: dict[str, str], tmp_path: Path
) -> Iterator[list[tuple[subprocess.Popen, Path]]]:
    """Twenty subscribers of each topic in three processes, with the files they print to."""
    processes = []
    for number, arguments in enumerate((['10'], ['6'], ['4', '--keep-all'])):
        path = tmp_path / f'idle_{number}.txt'
        script = str(Path(__file__).with_name('idle_subscribers.py'))
        with path.open('wb') as file:
            process = subprocess.Popen(
                [sys.executable, script, *arguments], env=environment, stdout=file
            )
        processes.append((process, path))
    yield processes
    for process, _ in processes:
        process.kill()
        process.wait()


@pytest.mark.long
def test_slow_subscribers_neither_delay_the_node_nor_fill_its_memory(
    peer: Peer,
    start: NodeStarter,
    images: list[np.ndarray],
    subscribers: list[tuple[subprocess.Popen, Path]],
) -> None:
    statuses = Statuses(peer)
    node = start('nodes.fairmot_node', {'input_width': 320, 'input_height': 256})
    camera = Camera(peer, peer.subscribe(Detection2DArray, 'fairmot/detections'))
    for _, path in subscribers:
        peer.wait(lambda path=path: READY in path.read_text(), 'the subscribers')

    def send_all() -> int:
        """Send images, each after the result of the last; return the node's memory."""
        for i in range(FRAMES):
            camera.send(images[i % len(images)])
        return resident_memory(node.process.pid)

    before = send_all()
    assert send_all() < before + MAX_GROWTH
    stopped = subscribers[1][0]
    stopped.send_signal(signal.SIGSTOP)  # acknowledges nothing from now on
    try:
        assert send_all() < before + MAX_GROWTH
    finally:
        stopped.send_signal(signal.SIGCONT)
    statuses.wait_for_more(2)
    assert statuses.newest().level == OK
    assert int(statuses.value('processed')) == 3 * FRAMES
    assert int(statuses.value('dropped')) == 0
    assert float(statuses.value('annotate_p50_ms')) > 0, 'the images were drawn'
    assert float(statuses.value('publish_p50_ms')) < MAX_BLOCKING
