"""The one thread that owns the device, the network and the trackers."""

from __future__ import annotations

from collections.abc import Callable
from threading import Thread
from typing import Generic, TypeVar

from fairmot_ros.ros.newest_slots import NewestSlots

JOIN_SECONDS = 30.0

K = TypeVar('K')
T = TypeVar('T')


class Worker(Generic[K, T]):
    """Takes the newest items of all sources and processes them together.

    Attributes:
        slots: where the subscriptions leave their items.
    """

    def __init__(self, process: Callable[[dict[K, T]], None]) -> None:
        """Prepare; `process` gets items by source and must not raise."""
        self.slots: NewestSlots[K, T] = NewestSlots()
        self._process = process
        self._thread = Thread(target=self._run, name='fairmot_worker', daemon=True)

    def start(self) -> None:
        """Begin to take items."""
        self._thread.start()

    def stop(self) -> bool:
        """Finish what is in hand and end; returns whether it did in time."""
        self.slots.close()
        if self._thread.is_alive():
            self._thread.join(JOIN_SECONDS)
        return not self._thread.is_alive()

    def _run(self) -> None:
        while (items := self.slots.take()) is not None:
            self._process(items)
