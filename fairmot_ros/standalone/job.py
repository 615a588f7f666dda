# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""The work on one source: read, detect, track, and write what is asked for."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from fairmot_ros import __version__
from fairmot_ros.detector import Detector
from fairmot_ros.detector.engines.memory import keep_freed_memory
from fairmot_ros.detector.settings import DetectorSettings
from fairmot_ros.evaluation.runs.configuration import Configuration
from fairmot_ros.files.writing import WriteError, write_text, writing
from fairmot_ros.media.drawing import Annotator
from fairmot_ros.media.live_source import silence_opencv
from fairmot_ros.pipeline import FairMOT
from fairmot_ros.standalone.outputs.base import TrackedFrame
from fairmot_ros.standalone.outputs.choice import OutputChoice, Outputs
from fairmot_ros.standalone.sources import Source
from fairmot_ros.standalone.streams import Frame, ReadOptions, Stream, open_stream

SUMMARY = 'summary.json'
#: Called after each frame with the number of frames so far and their expected total, 0 if unknown.
Progress = Callable[[int, int], object]
#: Called with each frame and its tracks; it has a `canvas`.
View = Callable[[TrackedFrame], object]


@dataclass(frozen=True)
class TrackJob:
    """Tracking of one source; plain data that can be pickled.

    Attributes:
        source: what to track.
        folder: folder for the files of this source; created if there are any.
        configuration: parameters of detector and tracker.
        reading: frames to use, and how to read them.
        outputs: files to write.
        strict: whether an image that cannot be read ends the work.
        threads: CPU threads of the engine unless the configuration sets them; 0 for the automatic
            number.
    """

    source: Source
    folder: Path
    configuration: Configuration = field(default_factory=lambda: Configuration('default'))
    reading: ReadOptions = field(default_factory=ReadOptions)
    outputs: OutputChoice = field(default_factory=OutputChoice)
    strict: bool = False
    threads: int = 0

    def detector_settings(self) -> DetectorSettings:
        """Return the settings of the detector."""
        settings = self.configuration.detector()
        return replace(settings, threads=settings.threads or self.threads)


@dataclass(frozen=True)
class TrackResult:
    """What became of a job.

    Attributes:
        source: text of the source for messages.
        folder: folder of the files.
        files: paths of the files written.
        frames: number of frames tracked.
        boxes: number of boxes.
        tracks: number of tracks.
        model: name and hash of the network.
        runtime: library that ran the network.
        notes: remarks for the user.
        failure: why the source could not be read to its end, as a sentence; '' if it could.
        interrupted: whether the work was stopped before the end of the source.
    """

    source: str
    folder: Path
    files: tuple[Path, ...]
    frames: int
    boxes: int
    tracks: int
    model: str
    runtime: str
    notes: tuple[str, ...] = ()
    failure: str = ''
    interrupted: bool = False


def track_source(
    job: TrackJob,
    progress: Progress = lambda done, total: None,
    view: View | None = None,
    stopped: Callable[[], bool] = lambda: False,
) -> TrackResult:
    """Track a source with a new tracker, and write its files.

    If the source fails after some frames, is stopped, or a file cannot be written, the files that
    can be are complete up to there.

    Args:
        job: what to do.
        progress: called after each frame.
        view: called with each frame and its tracks drawn in.
        stopped: asked before each frame; if it returns true, the work ends.

    Raises:
        ValueError: if the source has no frame that can be read, or a parameter cannot be used.
        WriteError: if a file cannot be written.
    """
    silence_opencv()
    with open_stream(job.source, job.reading, stopped) as stream:
        detector = load_detector(job.detector_settings())
        if not job.outputs.is_empty:
            with writing(job.folder):
                job.folder.mkdir(parents=True, exist_ok=True)
        run = _Run(job, stream, detector, view)
        try:
            run.track(progress, stopped)
            return run.finish()
        except WriteError:
            with suppress(WriteError):
                run.outputs.close()
            raise
        finally:
            run.outputs.discard()
            with suppress(OSError):
                job.folder.rmdir()  # only if it is empty


@lru_cache(maxsize=1)
def load_detector(settings: DetectorSettings) -> Detector:
    """Return a detector with these settings; the last one is kept for the next source.

    Raises:
        ValueError: if the weights or another setting cannot be used.
    """
    keep_freed_memory()
    return Detector(**settings.arguments())


class _Run:
    """State of a job while it runs."""

    def __init__(
        self, job: TrackJob, stream: Stream, detector: Detector, view: View | None
    ) -> None:
        self.job, self.stream, self.detector, self.view = job, stream, detector, view
        frames = job.configuration.frames(detector.info.thresholds)
        self.fairmot = FairMOT.from_detector(detector, frames)
        rate = stream.frame_rate / job.reading.selection.every
        self.outputs = Outputs(job.outputs, job.folder, rate, is_live=stream.is_live)
        self.annotator = Annotator()
        self.rate = rate
        self.frames = self.boxes = self.skipped = 0
        self.ids: set[int] = set()
        self.failure = ''
        self.interrupted = False

    def track(self, progress: Progress, stopped: Callable[[], bool]) -> None:
        """Track all frames, up to the first failure of the source."""
        frames = self.stream.frames()
        while not stopped():
            try:
                frame = next(frames, None)
            except ValueError as error:
                self.failure = str(error)
                return
            if self.job.strict and self.stream.unreadable:
                self.failure = self.stream.unreadable[0]
                return
            if frame is None:
                break
            self._process(frame)
            progress(self.frames, self.stream.total)
        self.interrupted = stopped()

    def _process(self, frame: Frame) -> None:
        skipped = self.fairmot.frames.stamps.skipped
        tracks = self.fairmot(frame.image, frame.stamp)
        if self.fairmot.frames.stamps.skipped > skipped:
            self.skipped += 1
            return
        self.frames += 1
        self.boxes += len(tracks)
        self.ids.update(tracks.ids.tolist())
        canvas = None
        if self.view is not None or self.outputs.need_canvas:
            self.annotator.add_positions(tracks, frame.stamp)
            canvas = self.annotator.draw(frame.image, tracks, self.rate)
        tracked = TrackedFrame(frame.number, frame.stamp, frame.image, tracks, canvas)
        self.outputs.write(tracked)
        if self.view is not None:
            self.view(tracked)

    def finish(self) -> TrackResult:
        """Complete the files and the summary."""
        source = self.job.source.shown
        if not self.frames:
            raise ValueError(self.failure or self._why_empty())
        files, output_notes = self.outputs.close()
        is_empty = self.job.outputs.is_empty
        summary = self.job.folder / SUMMARY
        result = TrackResult(
            source,
            self.job.folder,
            () if is_empty else (*files, summary),
            self.frames,
            self.boxes,
            len(self.ids),
            self.detector.model_name,
            self.detector.runtime,
            (*self.stream.notes(), *self._notes(), *output_notes),
            self.failure,
            self.interrupted,
        )
        if not is_empty:
            write_text(summary, json.dumps(summary_of(self.job, result), indent=2) + '\n')
        return result

    def _why_empty(self) -> str:
        """Return why no frame was tracked, as a sentence."""
        source, selection = self.job.source.shown, self.job.reading.selection
        if self.interrupted:
            return f'{source} was interrupted before its first frame'
        if self.stream.unreadable:
            return f'no image of {source} can be read, the first: {self.stream.unreadable[0]}'
        if selection.start:
            return f'{source} has no frames from {selection.start:g} s on'
        return f'{source} has no frames'

    def _notes(self) -> list[str]:
        found = []
        if self.stream.unreadable:
            found.append(
                f'images that cannot be read: {len(self.stream.unreadable)}, the first: '
                f'{self.stream.unreadable[0]}'
            )
        if self.skipped:
            found.append(f'{self.skipped} frames are skipped: their stamps repeat or go back')
        return found


def summary_of(job: TrackJob, result: TrackResult) -> dict[str, Any]:
    """Return the content of `summary.json`: what was tracked, how, and what was found.

    It holds no time of day and no duration, so that equal runs give equal files.
    """
    selection = job.reading.selection
    return {
        'source': job.source.identity,
        'complete': not (result.failure or result.interrupted),
        'failure': result.failure,
        'frames': result.frames,
        'boxes': result.boxes,
        'tracks': result.tracks,
        'start': selection.start,
        'seconds': selection.seconds,
        'every': selection.every,
        'model': result.model,
        'runtime': result.runtime,
        'parameters': dict(job.configuration.parameters),
        'version': __version__,
        'notes': list(result.notes),
        'files': [path.name for path in result.files],
    }
