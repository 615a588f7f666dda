# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Refinement of a finished recording: merge tracks, fill gaps, smooth boxes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fairmot_ros.evaluation.mot.text_format import FRAME, ID, MotArray
from fairmot_ros.evaluation.refinement.appearance_evidence import (
    MAX_EVIDENCE,
    measure_appearances,
)
from fairmot_ros.evaluation.refinement.candidate_links import Indices, candidate_links
from fairmot_ros.evaluation.refinement.embedding_samples import EmbeddingSamples
from fairmot_ros.evaluation.refinement.gaps import by_frame, gap_rows
from fairmot_ros.evaluation.refinement.linking import best_links, chains
from fairmot_ros.evaluation.refinement.motion_evidence import motion_evidence
from fairmot_ros.evaluation.refinement.settings import RefinementSettings
from fairmot_ros.evaluation.refinement.smoothing import smooth
from fairmot_ros.evaluation.refinement.tracklets import centred, make_tracklets, tracks_of


@dataclass(frozen=True, eq=False)
class Refined:
    """Result of a refinement.

    Attributes:
        rows: float64 [M, C] MOTChallenge rows, ordered by frame, then id.
        added: bool [M], whether each row was interpolated; no detection belongs to it.
        merged: id of the merged track, by the former id of each track that was renamed.
    """

    rows: MotArray
    added: NDArray[np.bool_]
    merged: Mapping[int, int]


def refine(
    rows: MotArray,
    stamps: NDArray[np.float64],
    embeddings: EmbeddingSamples | None = None,
    settings: RefinementSettings | None = None,
) -> Refined:
    """Merge the tracks of one person, fill gaps and smooth boxes, using later frames.

    Tracks are merged by a global assignment of tracks to their continuations, which maximises the
    sum of the log-likelihood ratios of motion and appearance. Merged tracks never overlap in
    time. A merged track has the id of its earliest part.

    Args:
        rows: [N, C] MOTChallenge rows in any order; at most one per frame and id.
        stamps: [F], stamps of frames 1, 2, ... in seconds, increasing.
        embeddings: samples of the embeddings of the tracks; None uses motion alone.
        settings: settings; the defaults if None.

    Raises:
        ValueError: if a frame has no stamp, the stamps do not increase, a value is not finite, or
            a track has two boxes in one frame.
    """
    settings = settings or RefinementSettings()
    _check(rows, stamps)
    if not len(rows):
        return Refined(rows.copy(), np.zeros(0, np.bool_), {})
    merged = _merge(rows, stamps, embeddings, settings)
    renamed = rows.copy()
    if merged:
        renamed[:, ID] = [merged.get(int(i), int(i)) for i in rows[:, ID].tolist()]
    gaps = gap_rows(renamed, stamps, settings.max_fill_gap)
    complete = np.concatenate((renamed, gaps))
    added = np.repeat([False, True], (len(renamed), len(gaps)))
    order = np.lexsort((complete[:, ID], complete[:, FRAME]))
    complete, added = complete[order], added[order]
    if settings.smoothing > 0:
        complete = by_frame(smooth(complete, stamps, settings.smoothing))
    return Refined(complete, added, merged)


def _check(rows: MotArray, stamps: NDArray[np.float64]) -> None:
    """Raise ValueError if rows and stamps do not fit; see `refine`."""
    if not (np.diff(stamps) > 0).all():
        raise ValueError('the stamps of the frames must increase')
    if not (np.isfinite(rows).all() and (rows[:, FRAME] >= 1).all()):
        raise ValueError('rows must have finite values, and frame numbers of 1 or more')
    if len(rows) and rows[:, FRAME].max() > len(stamps):
        raise ValueError(
            f'there are {len(stamps)} stamps, but a box in frame {int(rows[:, FRAME].max())}: '
            'expected a stamp for each frame'
        )
    keys, counts = np.unique(rows[:, [FRAME, ID]], axis=0, return_counts=True)
    if (counts > 1).any():
        frame, track = keys[np.argmax(counts > 1)].astype(int)
        raise ValueError(f'track {track} has several boxes in frame {frame}: expected at most one')


def _merge(
    rows: MotArray,
    stamps: NDArray[np.float64],
    embeddings: EmbeddingSamples | None,
    settings: RefinementSettings,
) -> dict[int, int]:
    """Return the new ids by former ids, of tracks that are merged into an earlier one."""
    tracklets = make_tracklets(tracks_of(rows), stamps)
    spread = centred(rows)[:, :2].std(axis=0)
    appearances = None if embeddings is None else measure_appearances(tracklets, embeddings)
    most = 0.0 if appearances is None else MAX_EVIDENCE
    found: list[tuple[Indices, Indices, NDArray[np.float64]]] = []
    for earlier, later in candidate_links(tracklets, settings.max_link_gap):
        gains = motion_evidence(tracklets, earlier, later, spread) - settings.min_link_evidence
        possible = gains + most > 0
        earlier, later, gains = earlier[possible], later[possible], gains[possible]
        if appearances is not None:
            gains = gains + appearances.evidence(earlier, later)
        found.append((earlier, later, gains))
    if not found:
        return {}
    links = best_links(len(tracklets), *map(np.concatenate, zip(*found)))
    first = chains(len(tracklets), *links)
    new = tracklets.ids[first]
    return {
        int(former): int(current)
        for former, current in zip(tracklets.ids, new)
        if former != current
    }
