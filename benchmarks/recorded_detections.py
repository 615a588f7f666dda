# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Recorded detections with ground truth, the association on them, and its metrics."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from fairmot_ros.boxes import trackeval_iou_matrix
from fairmot_ros.evaluation import evaluate_mot
from fairmot_ros.evaluation.refinement import EmbeddingSampler
from fairmot_ros.tracker import Tracker, TrackerConfig
from fairmot_ros.types import Detections

Array = NDArray[np.float64]
MakeConfig = Callable[[float], TrackerConfig]  # given the frame rate
COLUMNS = ('HOTA', 'DetA', 'AssA', 'MOTA', 'IDF1', 'IDSW', 'FP', 'FN')
COUNTS = ('IDSW', 'FP', 'FN')
DEFAULT = TrackerConfig()


class Sequence:
    """Detections by frame with the truth about them."""

    def __init__(
        self,
        frames: list[Detections],
        rate: float,
        truth: Array,
        ignored: Array | None = None,
        motions: Array | None = None,
        size: tuple[int, int] | None = None,
    ) -> None:
        """Hold everything.

        Args:
            frames: the detections.
            rate: frames per second.
            truth: MOTChallenge rows.
            ignored: rows of objects that need not be detected; results that match them do not
                count.
            motions: [F, 2, 3], of the camera from the previous frame.
            size: (width, height) of the image, to which track boxes are clipped; None for no
                clipping.
        """
        self.frames = frames
        self.rate = rate
        self.truth = truth
        self.ignored = ignored
        self.motions = motions
        self.size = size

    def remapped(self, remap: Callable[[Array], Array]) -> Sequence:
        """Return the same sequence with other scores."""
        frames = [
            Detections(d.boxes_xyxy, remap(d.scores.astype(np.float64)), d.embeddings, d.class_ids)
            for d in self.frames
        ]
        return Sequence(frames, self.rate, self.truth, self.ignored, self.motions, self.size)

    def results(self, config: TrackerConfig, dropped: NDArray[np.bool_] | None = None) -> Array:
        """Return the judged rows of all frames, or of those that are not dropped."""
        return self.judged(self.tracks(config, dropped))

    def tracks(
        self,
        config: TrackerConfig,
        dropped: NDArray[np.bool_] | None = None,
        sampler: EmbeddingSampler | None = None,
    ) -> Array:
        """Return MOTChallenge rows as the tracker gives them, and sample their embeddings."""
        tracker, rows = Tracker(config), [np.zeros((0, 10))]
        motion = np.eye(3)
        for i, detections in enumerate(self.frames):
            if self.motions is not None:
                motion = np.vstack((self.motions[i], (0, 0, 1))) @ motion
            if dropped is not None and dropped[i]:
                continue
            given = None if self.motions is None or config.association != 'default' else motion[:2]
            stamp = (i + 1) / self.rate
            tracks = tracker.update(detections, stamp, camera_motion=given)
            if sampler is not None:
                sampler.add(tracks, stamp)
            motion = np.eye(3)
            rows += [np.array([[i + 1, t.track_id, *t.box_xywh, 1, -1, -1, -1]]) for t in tracks]
        return np.concatenate(rows)

    def judged(self, rows: Array) -> Array:
        """Return rows clipped to the image, without those of objects that are ignored."""
        clipped = self._clipped(rows)
        if self.ignored is None:
            return clipped
        return without_ignored(clipped, self.truth, self.ignored)

    def _clipped(self, rows: Array) -> Array:
        if self.size is None:
            return rows
        corners = np.clip(rows[:, 2:4], 0, self.size)
        ends = np.clip(rows[:, 2:4] + rows[:, 4:6], 0, self.size)
        rows[:, 2:4], rows[:, 4:6] = corners, ends - corners
        return rows[(rows[:, 4:6] > 0).all(axis=1)]


def without_ignored(rows: Array, truth: Array, ignored: Array) -> Array:
    """Drop results that match an ignored object, unless they match another one better.

    Args:
        rows: MOTChallenge rows of the results.
        truth: rows of the objects.
        ignored: rows of objects that need not be detected.
    """
    keep = np.ones(len(rows), np.bool_)
    for row in ignored:
        same = (rows[:, 0] == row[0]).nonzero()[0]
        others = truth[truth[:, 0] == row[0]]
        fit = trackeval_iou_matrix(rows[same, 2:6], row[None, 2:6])[:, 0]
        better = trackeval_iou_matrix(rows[same, 2:6], others[:, 2:6]).max(axis=1, initial=0.0)
        keep[same[(fit >= 0.5) & (fit > better)]] = False
    return rows[keep]


def measure(
    sequences: Mapping[str, Sequence], make: MakeConfig, dropped: float = 0.0
) -> dict[str, dict[str, float]]:
    """Return the metrics of each sequence and of all together."""
    pairs = {}
    for name, sequence in sequences.items():
        left_out = None
        truth = sequence.truth
        if dropped:
            left_out = np.random.default_rng(0).random(len(sequence.frames)) < dropped
            truth = truth[~left_out[truth[:, 0].astype(int) - 1]]
        pairs[name] = (truth, sequence.results(make(sequence.rate), left_out))
    return evaluate_mot(pairs, benchmark='MOT15')


def reference(variant: str, score_threshold: float = 0.4) -> MakeConfig:
    """Return a maker of the reference association's settings."""
    return lambda rate: TrackerConfig.reference(
        frame_rate=rate, score_threshold=score_threshold, variant=variant
    )


def default(rate: float) -> TrackerConfig:
    """Return the default settings, which are the same for all frame rates."""
    return DEFAULT


def row(name: str, metrics: Mapping[str, float]) -> str:
    """Return a line of a table."""
    numbers = (
        f'{metrics[c]:8.0f}' if c in COUNTS else f'{100 * metrics[c]:8.2f}' for c in COLUMNS
    )
    return f'{name:52}' + ''.join(numbers)


def head(title: str) -> str:
    """Return the head of a table."""
    return f'{title:52}' + ''.join(f'{c:>8}' for c in COLUMNS)
