# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Inputs of tuning: bags and MOTChallenge folders with ground truth."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fairmot_ros.evaluation.bags.frames import FrameIndex, seconds_of
from fairmot_ros.evaluation.metrics.evaluate import Metrics, measure
from fairmot_ros.evaluation.mot.text_format import MotArray
from fairmot_ros.evaluation.runs.ground_truth import GroundTruth, from_file
from fairmot_ros.evaluation.runs.recording import Recording, TruthSource, open_recording
from fairmot_ros.evaluation.runs.run_scores import judged_sequence
from fairmot_ros.media.seqinfo import read_seqinfo
from fairmot_ros.media.video_source import VideoSource

#: One frame: number, stamp in seconds, image.
Frame = tuple[int, float, NDArray[np.uint8]]


@dataclass(frozen=True, eq=False)
class TuningInput:
    """A recording with ground truth.

    Attributes:
        name: name in tables; unique.
        path: bag or folder.
        truth: the ground truth.
        recording: the recording of a bag; None for a folder.
        notes: remarks for the user.
    """

    name: str
    path: Path
    truth: GroundTruth
    recording: Recording | None = None
    notes: tuple[str, ...] = ()

    def frames(self) -> Iterator[Frame]:
        """Yield the frames; images that cannot be read are left out.

        Raises:
            SourceError: if no image of a folder can be read.
        """
        if self.recording is not None:
            failures: list[int] = []
            for number, image in self.recording.images(failed=lambda n, _: failures.append(n)):
                yield number, seconds_of(image.stamp), image.pixels
            return
        source = VideoSource(self.path / 'img1', read_seqinfo(self.path).frame_rate)
        for number, pixels in source.frames():
            yield number, number / source.frame_rate, pixels

    def measure(self, rows: MotArray) -> Metrics:
        """Compare tracks with the ground truth."""
        return measure(judged_sequence(self.truth, rows, self.truth.annotated, self.name))

    def fingerprint(self) -> str:
        """Return a hash that changes with path, size and time of the files of the input."""
        files = [self.path] if self.path.is_file() else sorted(self.path.rglob('*'))
        entries = [
            f'{file} {stat.st_size} {stat.st_mtime_ns}'
            for file in files
            if file.is_file() and (stat := file.stat())
        ]
        return hashlib.sha256('\n'.join(entries).encode()).hexdigest()


def open_input(
    path: Path, image_topic: str | None = None, topic: str | None = None
) -> TuningInput:
    """Open a bag, or a MOTChallenge folder (`seqinfo.ini`, `gt/gt.txt`).

    Args:
        path: the bag or folder.
        image_topic: topic of the images of a bag; None for the only one.
        topic: topic of the ground truth of a bag; None for /ground_truth.

    Raises:
        ValueError: if the input has no ground truth or cannot be read.
        FileNotFoundError: if a file of a folder is missing.
    """
    if (path / 'seqinfo.ini').is_file():
        info = read_seqinfo(path)
        stamps = [round(1e9 * frame / info.frame_rate) for frame in range(1, info.length + 1)]
        truth = from_file(path / 'gt' / 'gt.txt', FrameIndex(stamps))
        return TuningInput(path.resolve().name, path, truth, notes=truth.notes)
    recording = open_recording(path, image_topic, TruthSource(topic))
    if recording.truth is None:
        raise ValueError(
            f'{path} has no ground truth, which tuning needs: add the topic /ground_truth'
        )
    return TuningInput(recording.name, path, recording.truth, recording, recording.notes)


def open_inputs(
    paths: list[Path], image_topic: str | None = None, topic: str | None = None
) -> list[TuningInput]:
    """Open all inputs; for arguments and errors, see `open_input`.

    Raises:
        ValueError: also if two inputs have the same name.
    """
    inputs = [open_input(path, image_topic, topic) for path in paths]
    names = [item.name for item in inputs]
    for name in names:
        if names.count(name) > 1:
            raise ValueError(
                f'two inputs are called {name!r}, but names in the report must be unique: '
                'rename one'
            )
    return inputs
