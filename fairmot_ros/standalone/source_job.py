# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Tracking of one source as a job of `fairmot_ros.jobs`."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from fairmot_ros.evaluation.runs.weights import (
    weight_files,
    with_absolute_weights,
    with_weights,
    worker_memory,
)
from fairmot_ros.files.errors import FileError
from fairmot_ros.media.seqinfo import seqinfo_rate
from fairmot_ros.standalone.job import TrackJob, load_detector, track_source
from fairmot_ros.standalone.sources import Source

SOURCE, WEIGHTS = 'source', 'weights'


@dataclass(frozen=True)
class SourceJob:
    """Tracking of a video, a folder of images or a bag: a picklable job.

    Attributes:
        work: what to do; its folder is replaced by that of the worker.
    """

    work: TrackJob

    @classmethod
    def of(cls, work: TrackJob) -> SourceJob:
        """Return the job of a source.

        Raises:
            ValueError: if the source is a camera or an address, which cannot be read again, or
                there are no weights at the path.
        """
        source, reading = work.source, work.reading
        if source.is_live:
            raise ValueError(
                f'{source.shown} is live, but jobs repeat what fails: track it by a command of '
                'its own, without workers'
            )
        # A seqinfo.ini beside the source is not a part of it, so its rate becomes a setting.
        rate = reading.frame_rate or seqinfo_rate(Path(source.text))
        text = os.path.abspath(source.text)
        images = tuple(Path(text) / path.name for path in source.images)
        return cls(
            replace(
                work,
                source=replace(source, text=text, images=images),
                configuration=with_absolute_weights(work.configuration),
                reading=replace(reading, frame_rate=rate),
            )
        )

    @property
    def source(self) -> Path:
        """Path of the source."""
        return Path(self.work.source.original or self.work.source.text)

    @property
    def deterministic(self) -> bool:
        """Whether the detector is."""
        return self.work.configuration.detector().deterministic

    def files(self) -> dict[str, Path]:
        """Return source and weights by role."""
        source = Path(self.work.source.text)
        return {SOURCE: source, **weight_files(self.work.configuration, WEIGHTS)}

    def settings(self) -> dict[str, Any]:
        """Return everything else that affects the results."""
        work = self.work
        # Weights are compared by their contents.
        parameters = {n: v for n, v in work.configuration.parameters.items() if n != WEIGHTS}
        return {
            'parameters': parameters,
            'reading': asdict(work.reading),
            'outputs': asdict(work.outputs),
            'images': [path.name for path in work.source.images],
            'strict': work.strict,
        }

    def read_from(self, copies: Mapping[str, Path]) -> SourceJob:
        """Return the job with copies of its files; results name the original paths."""
        work = self.work
        if WEIGHTS in copies:
            configuration = with_weights(work.configuration, copies[WEIGHTS])
            work = replace(work, configuration=configuration)
        if SOURCE in copies:
            copy = copies[SOURCE]
            images = tuple(copy / path.name for path in work.source.images)
            original = work.source.original or work.source.text
            copied = Source(str(copy), work.source.kind, images, original)
            work = replace(work, source=copied)
        return SourceJob(work)

    def memory(self) -> int:
        """Return an estimate of the memory of a worker, in bytes."""
        return worker_memory([self.work.configuration])

    def prepare(self, threads: int) -> None:
        """Load the network, which the jobs of one process share.

        Raises:
            ValueError: if the weights or another parameter cannot be used.
        """
        load_detector(replace(self.work, threads=threads).detector_settings())

    def run(self, folder: Path, threads: int) -> list[str]:
        """Track the source and write its files.

        A source that fails after some frames keeps the results up to there, with a note.

        Raises:
            ValueError: if the source has no frame that can be read; with `strict`, also if a part
                of it cannot be read.
            WriteError: if a file cannot be written.
        """
        result = track_source(replace(self.work, folder=folder, threads=threads))
        if result.failure and self.work.strict:
            raise FileError(result.failure)
        ended = [f'{result.failure}; {result.frames} frames before are kept'] * bool(
            result.failure
        )
        return [*ended, *result.notes]
