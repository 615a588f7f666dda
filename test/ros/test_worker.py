import threading

import pytest

pytest.importorskip('rclpy', reason='needs ROS 2')
from fairmot_ros.ros.newest_slots import NewestSlots
from fairmot_ros.ros.worker import Worker


def test_only_the_newest_item_of_each_source_is_taken() -> None:
    slots: NewestSlots[str, int] = NewestSlots()
    dropped = [slots.put(source, i) for source, i in (('a', 1), ('b', 2), ('a', 3), ('a', 4))]
    assert dropped == [False, False, True, True]
    taken = slots.take()
    assert taken == {'a': 4, 'b': 2}
    slots.close()
    assert slots.take() is None


def test_the_worker_processes_until_it_is_stopped() -> None:
    done = threading.Event()
    seen: list[dict[str, int]] = []

    def process(items: dict[str, int]) -> None:
        seen.append(items)
        done.set()

    worker = Worker(process)
    worker.start()
    for number in (1, 2):
        done.clear()
        worker.slots.put('camera', number)
        assert done.wait(10)
    assert worker.stop()
    assert seen == [{'camera': 1}, {'camera': 2}]


def test_stopping_an_idle_worker_returns() -> None:
    worker: Worker[str, int] = Worker(lambda items: None)
    worker.start()
    assert worker.stop()
