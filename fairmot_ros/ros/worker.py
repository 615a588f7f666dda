"""The one thread that owns the device, the network and the tracker."""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import Thread
from typing import Any

from fairmot_ros.ros.image_conversion import ImageError
from fairmot_ros.ros.newest_slot import NewestSlot

JOIN_SECONDS = 30.0


class Worker:
    """Takes the newest image, processes it, and survives whatever goes wrong.

    Attributes:
        slot: where the subscription leaves images.
        processed: images that went through.
        failed: images that did not.
        last_error: why the last of those did not, or '' once one went through again.
    """

    def __init__(self, process: Callable[[Any, float], None], logger: Any) -> None:
        """Prepare; `process` gets what was put into the slot."""
        self.slot: NewestSlot[tuple[Any, float]] = NewestSlot()
        self.processed = 0
        self.failed = 0
        self.last_error = ''
        self._process = process
        self._logger = logger
        self._last_report = -float('inf')
        self._thread = Thread(target=self._run, name='fairmot_worker', daemon=True)

    def start(self) -> None:
        """Begin to take images."""
        self._thread.start()

    def stop(self) -> None:
        """Finish the image in hand and end."""
        self.slot.close()
        if self._thread.is_alive():
            self._thread.join(JOIN_SECONDS)

    def _run(self) -> None:
        while (item := self.slot.take()) is not None:
            try:
                self._process(*item)
            except Exception as error:  # whatever it is, the next image gets its chance
                self._report(error)
            else:
                self.processed += 1
                self.last_error = ''

    def _report(self, error: Exception) -> None:
        self.failed += 1
        expected = isinstance(error, ImageError)
        self.last_error = str(error) if expected else f'{type(error).__name__}: {error}'
        if time.monotonic() - self._last_report > 5.0:
            self._last_report = time.monotonic()
            self._logger.error(f'image {self.slot.received} was not processed: {self.last_error}')
            if not expected:
                import traceback

                self._logger.error(''.join(traceback.format_exception(error)))
