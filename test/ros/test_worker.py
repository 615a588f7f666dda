import threading
from typing import Any

import pytest

pytest.importorskip('rclpy', reason='needs ROS 2')
from fairmot_ros.ros.image_conversion import ImageError
from fairmot_ros.ros.newest_slot import NewestSlot
from fairmot_ros.ros.worker import Worker


class Log:
    """Collects what a node would log."""

    def __init__(self) -> None:
        self.errors: list[str] = []

    def error(self, text: str, **_: Any) -> None:
        self.errors.append(text)


def test_only_the_newest_item_is_taken() -> None:
    slot: NewestSlot[int] = NewestSlot()
    for i in range(5):
        slot.put(i)
    assert slot.take() == 4
    assert (slot.received, slot.dropped) == (5, 4)
    slot.close()
    assert slot.take() is None


def test_a_failure_is_reported_and_the_next_image_is_processed() -> None:
    done = threading.Event()
    log = Log()

    def process(item: str, received: float) -> None:
        if item == 'bad picture':
            raise ImageError('the picture is bad')
        if item == 'bug':
            raise KeyError('oops')
        done.set()

    worker = Worker(process, log)
    worker.start()
    for failed, item in enumerate(('bad picture', 'bug'), start=1):
        worker.slot.put((item, 0.0))
        while worker.failed < failed:
            pass
    assert worker.last_error == "KeyError: 'oops'"
    assert 'the picture is bad' in log.errors[0]
    worker.slot.put(('good', 0.0))
    assert done.wait(10)
    worker.stop()
    assert worker.last_error == ''
    assert (worker.processed, worker.failed) == (1, 2)


def test_stopping_an_idle_worker_returns() -> None:
    worker = Worker(lambda item, received: None, Log())
    worker.start()
    worker.stop()
    assert not worker._thread.is_alive()
