# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""What all outputs have in common."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fairmot_ros.files.writing import PARTIAL, BlockFile, writing
from fairmot_ros.types import Tracks


@dataclass(frozen=True, eq=False)
class TrackedFrame:
    """A frame with its tracks.

    Attributes:
        number: frame number in the source.
        stamp: time in seconds.
        image: uint8 [H, W, 3], BGR.
        tracks: visible in the frame.
        canvas: the image with the tracks drawn in; None if no output needs it.
    """

    number: int
    stamp: float
    image: NDArray[np.uint8]
    tracks: Tracks
    canvas: NDArray[np.uint8] | None = None


class Output(ABC):
    """Writes tracked frames; until `close`, the data is in temporary files."""

    @abstractmethod
    def write(self, frame: TrackedFrame) -> None:
        """Add a frame.

        Raises:
            WriteError: if it cannot be written; frames added before can still be kept.
        """

    @abstractmethod
    def close(self) -> list[Path]:
        """Complete the files with all frames added so far, and return their paths.

        Raises:
            WriteError: if they cannot be completed.
        """

    @abstractmethod
    def discard(self) -> None:
        """Remove the temporary files."""

    def notes(self) -> list[str]:
        """Return remarks for the user; complete after `close`."""
        return []


class TextOutput(Output):
    """A text file with a block of lines for each frame."""

    def __init__(self, path: Path) -> None:
        """Create the temporary file.

        Raises:
            WriteError: if it cannot be created.
        """
        self._path = path
        self._partial = path.with_name(path.name + PARTIAL)
        self._file = BlockFile(self._partial)

    @abstractmethod
    def text(self, frame: TrackedFrame) -> str:
        """Return the lines of a frame."""

    def write(self, frame: TrackedFrame) -> None:
        """See `Output.write`."""
        self._file.write(self.text(frame))

    def close(self) -> list[Path]:
        """See `Output.close`."""
        self._file.close()
        with writing(self._path):
            self._partial.replace(self._path)
        return [self._path]

    def discard(self) -> None:
        """See `Output.discard`."""
        self._file.close()
        self._partial.unlink(missing_ok=True)
