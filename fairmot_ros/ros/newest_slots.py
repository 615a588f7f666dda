"""A hand-over between threads that keeps the newest item of each source alone."""

from __future__ import annotations

from threading import Condition
from typing import Generic, TypeVar

K = TypeVar('K')
T = TypeVar('T')


class NewestSlots(Generic[K, T]):
    """The producers never wait and the consumer never gets an old item."""

    def __init__(self) -> None:
        """Start empty."""
        self._items: dict[K, T] = {}
        self._closed = False
        self._changed = Condition()

    def put(self, source: K, item: T) -> bool:
        """Offer an item; returns whether an older one of this source was dropped for it."""
        with self._changed:
            # Taken out first, so that the sources stay in the order of their newest items.
            dropped = self._items.pop(source, None) is not None
            self._items[source] = item
            self._changed.notify()
            return dropped

    def take(self) -> dict[K, T] | None:
        """Wait, then return all that is there by its source; None once closed."""
        with self._changed:
            self._changed.wait_for(lambda: self._items or self._closed)
            items, self._items = self._items, {}
            return None if self._closed else items

    def close(self) -> None:
        """End all waiting for good."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
