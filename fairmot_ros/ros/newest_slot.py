"""A hand-over between threads that keeps the newest item alone."""

from __future__ import annotations

from threading import Condition
from typing import Generic, TypeVar

T = TypeVar('T')


class NewestSlot(Generic[T]):
    """The producer never waits and the consumer never gets an old item.

    Attributes:
        received: items put in.
        dropped: items that a newer one replaced before they were taken.
    """

    def __init__(self) -> None:
        self.received = 0
        self.dropped = 0
        self._item: T | None = None
        self._closed = False
        self._changed = Condition()

    def put(self, item: T) -> None:
        """Offer an item; one that is still waiting is dropped."""
        with self._changed:
            self.received += 1
            if self._item is not None:
                self.dropped += 1
            self._item = item
            self._changed.notify()

    def take(self) -> T | None:
        """Wait for an item; None once the slot is closed."""
        with self._changed:
            self._changed.wait_for(lambda: self._item is not None or self._closed)
            item, self._item = self._item, None
            return None if self._closed else item

    def close(self) -> None:
        """End all waiting for good."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
