# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Detections of a recording, computed once, and their replay through the tracker."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass, fields
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fairmot_ros.evaluation.mot.text_format import MAX_COLUMNS, MotArray, rows_of_tracks
from fairmot_ros.files.unpacking import check_archive
from fairmot_ros.files.writing import OWNER_ONLY, replacing
from fairmot_ros.pipeline import FrameTracker
from fairmot_ros.pipeline.settings import FrameSettings
from fairmot_ros.types import Detections


@dataclass(frozen=True, eq=False)
class RecordedDetections:
    """Input of the tracker for all frames of a recording: detections and camera motion.

    Attributes:
        numbers: int64 [F], number of each frame, from 1 on.
        stamps: float64 [F], seconds.
        sizes: int64 [F, 2], width and height of the images; 0 if unknown.
        motions: float64 [F, 2, 3], camera motion since the previous frame.
        counts: int64 [F], number of detections of each frame.
        boxes: float32 [N, 4], left, top, right, bottom of all detections, frame by frame.
        scores: float32 [N].
        class_ids: int64 [N].
        embeddings: float32 [N, D]; D is 0 without embeddings.
    """

    numbers: NDArray[np.int64]
    stamps: NDArray[np.float64]
    sizes: NDArray[np.int64]
    motions: NDArray[np.float64]
    counts: NDArray[np.int64]
    boxes: NDArray[np.float32]
    scores: NDArray[np.float32]
    class_ids: NDArray[np.int64]
    embeddings: NDArray[np.float32]

    def frames(self) -> list[Detections]:
        """Return the detections of each frame."""
        ends = np.cumsum(self.counts)
        return [
            Detections(
                self.boxes[start:end],
                self.scores[start:end],
                self.embeddings[start:end] if self.embeddings.shape[1] else None,
                self.class_ids[start:end],
            )
            for start, end in zip((ends - self.counts).tolist(), ends.tolist())
        ]

    def track(self, settings: FrameSettings, model: str = '') -> MotArray:
        """Return the tracks as MOTChallenge rows [M, 10], as tracking of the images gives them."""
        tracker = FrameTracker(settings, model)
        rows = [np.zeros((0, MAX_COLUMNS))]
        for index, detections in enumerate(self.frames()):
            stamp, size = float(self.stamps[index]), self.sizes[index].tolist()
            if not tracker.admit(stamp, tuple(size) if size[0] else None).is_tracked:
                continue
            motion = self.motions[index]
            tracks = tracker.track(detections, stamp, camera_motion=motion)
            rows.append(rows_of_tracks(int(self.numbers[index]), tracks))
        return np.concatenate(rows)

    def save(self, path: Path) -> None:
        """Write to an .npz file.

        Raises:
            WriteError: if the file cannot be written.
        """
        arrays = {spec.name: getattr(self, spec.name) for spec in fields(self)}
        with replacing(path, OWNER_ONLY) as partial, partial.open('wb') as file:
            np.savez(file, allow_pickle=False, **arrays)  # read many times: not compressed


def from_frames(
    numbers: list[int],
    stamps: list[float],
    sizes: list[tuple[int, int]],
    motions: list[NDArray[np.float64]],
    detections: list[Detections],
) -> RecordedDetections:
    """Join the detections of frames."""
    count = len(numbers)
    width = max((d.embeddings.shape[1] for d in detections if d.embeddings is not None), default=0)
    embeddings = [
        d.embeddings for d in detections if d.embeddings is not None and len(d.embeddings)
    ]
    empty = Detections.empty()
    return RecordedDetections(
        np.array(numbers, np.int64),
        np.array(stamps, np.float64),
        np.array(sizes, np.int64).reshape(count, 2),
        np.array(motions, np.float64).reshape(count, 2, 3),
        np.array([len(d) for d in detections], np.int64),
        np.concatenate([empty.boxes_xyxy, *(d.boxes_xyxy for d in detections)]),
        np.concatenate([empty.scores, *(d.scores for d in detections)]),
        np.concatenate([empty.class_ids, *(d.class_ids for d in detections)]),
        np.concatenate([np.zeros((0, width), np.float32), *embeddings])
        if width
        else np.zeros((sum(map(len, detections)), 0), np.float32),
    )


@lru_cache(maxsize=8)
def load_detections(path: Path) -> RecordedDetections:
    """Read a file of `RecordedDetections.save`; the last few files are kept in memory.

    Raises:
        ValueError: if the file is damaged.
    """
    try:
        check_archive(path)
        with np.load(path, allow_pickle=False) as content:
            return RecordedDetections(
                **{f.name: content[f.name] for f in fields(RecordedDetections)}
            )
    except (OSError, KeyError, ValueError, EOFError, zipfile.BadZipFile) as error:
        raise ValueError(
            f'{path} is not a file of recorded detections: {error}; delete it to compute it anew'
        ) from error
