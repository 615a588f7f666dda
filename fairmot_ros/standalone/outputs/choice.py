# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Choice of the files to write, and all of them together."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from fairmot_ros.evaluation.refinement import RefinementSettings
from fairmot_ros.files.writing import WriteError
from fairmot_ros.standalone.outputs.base import Output, TrackedFrame
from fairmot_ros.standalone.outputs.contact_sheet import ContactSheet
from fairmot_ros.standalone.outputs.crops import Crops
from fairmot_ros.standalone.outputs.refined import RefinedText
from fairmot_ros.standalone.outputs.text import JsonLines, MotText
from fairmot_ros.standalone.outputs.video import AnnotatedVideo

VIDEO, MOT, JSON_LINES, CROPS, SHEET, REFINED = (
    'annotated.mp4',
    'results.txt',
    'tracks.jsonl',
    'crops',
    'tracks.jpg',
    'refined.txt',
)


@dataclass(frozen=True)
class OutputChoice:
    """Files to write.

    Attributes:
        video: the annotated video.
        mot: the tracks as MOTChallenge text.
        json_lines: the tracks as JSON, one line per frame.
        crops: images of the people, biometric data.
        crop_interval: least time between two crops of a track, in seconds; 0 writes all.
        sheet: a contact sheet of the tracks, biometric data as well.
        refinement: settings of a second pass whose tracks are written as MOTChallenge text; None
            for no such file.
    """

    video: bool = True
    mot: bool = True
    json_lines: bool = False
    crops: bool = False
    crop_interval: float = 1.0
    sheet: bool = False
    refinement: RefinementSettings | None = None

    def __post_init__(self) -> None:
        if not self.crop_interval >= 0:
            raise ValueError(f'crop_interval must not be negative, got {self.crop_interval}')

    @property
    def is_empty(self) -> bool:
        """Whether no file is written."""
        files = (self.video, self.mot, self.json_lines, self.crops, self.sheet)
        return not any(files) and self.refinement is None


class Outputs:
    """All files of one source."""

    def __init__(
        self, choice: OutputChoice, folder: Path, frame_rate: float, *, is_live: bool
    ) -> None:
        """Create temporary files.

        Args:
            choice: files to write.
            folder: an existing folder.
            frame_rate: frames per second of the annotated video.
            is_live: whether the source is live.

        Raises:
            WriteError: if a file cannot be created; none is left then.
        """
        self._outputs: list[Output] = []
        try:
            if choice.mot:
                self._outputs.append(MotText(folder / MOT))
            if choice.json_lines:
                self._outputs.append(JsonLines(folder / JSON_LINES))
            if choice.video:
                self._outputs.append(AnnotatedVideo(folder / VIDEO, frame_rate, is_live=is_live))
            if choice.crops:
                self._outputs.append(Crops(folder / CROPS, choice.crop_interval))
            if choice.sheet:
                self._outputs.append(ContactSheet(folder / SHEET))
            if choice.refinement is not None:
                self._outputs.append(RefinedText(folder / REFINED, choice.refinement))
        except WriteError:
            self.discard()
            raise
        self.need_canvas = choice.video

    def write(self, frame: TrackedFrame) -> None:
        """Add a frame to all files; see `Output.write`."""
        for output in self._outputs:
            output.write(frame)

    def close(self) -> tuple[list[Path], list[str]]:
        """Complete all files that can be; return their paths, and notes for the user.

        Raises:
            WriteError: if a file cannot be completed, after all others were.
        """
        files: list[Path] = []
        notes: list[str] = []
        fault: WriteError | None = None
        outputs, self._outputs = self._outputs, []
        for output in outputs:
            try:
                files += output.close()
                notes += output.notes()
            except WriteError as error:
                output.discard()
                fault = fault or error
        if fault is not None:
            raise fault
        return files, notes

    def discard(self) -> None:
        """Remove all temporary files."""
        outputs, self._outputs = self._outputs, []
        for output in outputs:
            with suppress(OSError):
                output.discard()
