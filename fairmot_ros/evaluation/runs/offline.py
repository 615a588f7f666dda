# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Offline runs: process every image of a recording in order, regardless of the time it takes."""

from __future__ import annotations

import logging
from collections.abc import Mapping

import numpy as np
from tqdm import tqdm

from fairmot_ros.detector import Detector
from fairmot_ros.evaluation.bags.errors import BagError
from fairmot_ros.evaluation.bags.frames import seconds_of
from fairmot_ros.evaluation.mot.text_format import MAX_COLUMNS, rows_of_tracks
from fairmot_ros.evaluation.refinement import EmbeddingSampler
from fairmot_ros.evaluation.refinement.gaps import fill_gaps
from fairmot_ros.evaluation.runs.configuration import Configuration
from fairmot_ros.evaluation.runs.recording import Recording
from fairmot_ros.evaluation.runs.run_scores import Mode, Run
from fairmot_ros.pipeline import FrameTracker

logger = logging.getLogger(__name__)


class OfflineTracker:
    """Tracks recordings with one configuration, each with a new tracker.

    The steps are those of the node, so equal images and parameters give equal tracks.
    """

    def __init__(self, configuration: Configuration) -> None:
        """Load the network.

        Raises:
            ValueError: if the weights or another parameter cannot be used.
        """
        self.configuration = configuration
        self._detector = Detector(**configuration.detector().arguments())

    @property
    def model(self) -> str:
        """Name and hash of the network."""
        return self._detector.model_name

    @property
    def runtime(self) -> str:
        """Library that runs the network."""
        return self._detector.runtime

    def track(
        self,
        recording: Recording,
        *,
        strict: bool = False,
        sampler: EmbeddingSampler | None = None,
    ) -> Run:
        """Track a recording; images that cannot be decoded are skipped and listed in the notes.

        Args:
            recording: the recording.
            strict: raise the error of the first image that cannot be decoded.
            sampler: collects embeddings of the tracks, for the refinement.

        Raises:
            BagError: if no image can be decoded, or with `strict` any image cannot.
        """
        settings = self.configuration
        frames = FrameTracker(settings.frames(self._detector.info.thresholds), self.model)
        processed = np.zeros(len(recording.frames), bool)
        rows = [np.zeros((0, MAX_COLUMNS))]
        failures: dict[int, BagError] = {}
        for number, image in tqdm(
            recording.images(failed=None if strict else failures.setdefault),
            f'{recording.name}, {settings.name}',
            len(processed),
            unit='image',
        ):
            stamp = seconds_of(image.stamp)
            height, width = image.pixels.shape[:2]
            decision = frames.admit(stamp, (width, height))
            if decision.reason:
                logger.warning('%s: %s', recording.name, decision.reason)
            if not decision.is_tracked:
                continue
            tracks = frames.track(self._detector(image.pixels), stamp, image.pixels)
            processed[number - 1] = True
            rows.append(rows_of_tracks(number, tracks))
            if sampler is not None:
                sampler.add(tracks, stamp)
        if len(failures) == len(processed):
            raise next(iter(failures.values()))
        return Run(
            recording,
            settings.name,
            Mode(),
            self.model,
            np.concatenate(rows),
            processed,
            runtime=self.runtime,
            notes=_note_failures(failures, len(processed)),
            embeddings=None if sampler is None else sampler.samples(),
        )


def _note_failures(failures: Mapping[int, BagError], images: int) -> tuple[str, ...]:
    """Return a note on images that could not be decoded, if there are any."""
    if not failures:
        return ()
    number, error = next(iter(failures.items()))
    return (
        f'{len(failures)} of {images} images cannot be decoded and are skipped, the first is '
        f'image {number}: {error}',
    )


def filled_run(run: Run, longest: float) -> Run:
    """Return an offline run with interpolated gaps of up to `longest` seconds."""
    stamps = np.array([seconds_of(s) for s in run.recording.frames.stamps.tolist()])
    return Run(
        run.recording,
        run.configuration,
        Mode(filled=longest),
        run.model,
        fill_gaps(run.rows, stamps, longest),
        run.processed,
        runtime=run.runtime,
        notes=run.notes,
    )
