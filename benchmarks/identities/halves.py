# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Identity F1 over two cameras that see parts of one sequence."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from benchmarks.default_model import track as track_sequence
from benchmarks.identities.two_cameras import (
    LAYOUTS,
    PartCamera,
    result_rows,
    source_frame,
    track_part,
)
from benchmarks.sequences import Array, LabelledSequence
from fairmot_ros.evaluation import evaluate_mot
from fairmot_ros.identities import UNCALIBRATED, IdentityResolver
from fairmot_ros.identities.calibration import find_calibration, read_calibrations
from fairmot_ros.pipeline import FairMOT
from fairmot_ros.types import Tracks

SEQUENCE = 'PETS09-S2L1'
#: Rows of the second camera follow those of the first, this many frames later.
SHIFT = 100_000

Ids = list[list[list[int]]]  # by camera, frame and track
Method = Callable[[Sequence[PartCamera], Sequence[list[Tracks]], float], Ids]


def unmatched(cameras: Sequence[PartCamera], tracks: Sequence[list[Tracks]], rate: float) -> Ids:
    """Return an identity of its own for each track of each camera."""
    return [
        [[2 * track.track_id + number for track in frame] for frame in frames]
        for number, frames in enumerate(tracks)
    ]


def nearest(min_similarity: float) -> Method:
    """Return a method that matches a new track to the most similar identity, and no more."""

    def match(cameras: Sequence[PartCamera], tracks: Sequence[list[Tracks]], rate: float) -> Ids:
        known: dict[int, np.ndarray] = {}
        given: dict[tuple[int, int], int] = {}
        ids: Ids = [[] for _ in cameras]
        for frames in zip(*tracks):
            for number, frame in enumerate(frames):
                ids[number].append([])
                for track in frame:
                    identity = given.get((number, track.track_id))
                    if identity is None:
                        similarity = {i: float(e @ track.embedding) for i, e in known.items()}
                        best = max(similarity, key=similarity.__getitem__, default=0)
                        good = similarity.get(best, -1.0) >= min_similarity
                        identity = best if good else len(known) + 1
                        given[number, track.track_id] = identity
                    known[identity] = track.embedding
                    ids[number][-1].append(identity)
        return ids

    return match


def resolved(model: str, placed: bool) -> Method:
    """Return a method that uses `IdentityResolver`, with or without positions.

    Args:
        model: of the embeddings.
        placed: whether positions are given.
    """

    def match(cameras: Sequence[PartCamera], tracks: Sequence[list[Tracks]], rate: float) -> Ids:
        resolver = IdentityResolver()
        ids: Ids = [[] for _ in cameras]
        for frame_number, frames in enumerate(zip(*tracks), 1):
            for camera, frame, found in zip(cameras, frames, ids):
                seen = source_frame(camera, frame, frame_number / rate, model, placed)
                found.append([a.global_id for a in resolver.update(seen)])
        return ids

    return match


def identity_f1(
    sequence: LabelledSequence,
    cameras: Sequence[PartCamera],
    tracks: Sequence[list[Tracks]],
    method: Method,
) -> dict[str, float]:
    """Return the metrics over all cameras; a person has one identity in all of them."""
    truth, results = [], []
    ids = method(cameras, tracks, sequence.info.frame_rate)
    for number, (camera, frames, found) in enumerate(zip(cameras, tracks, ids)):
        shift = np.zeros(10)
        shift[0] = number * SHIFT
        truth.append(camera.truth(sequence)[0] + shift)
        results.append(result_rows(camera, sequence, frames, found) + shift)
    pair = np.concatenate(truth), np.concatenate(results)
    return evaluate_mot({SEQUENCE: pair}, benchmark='MOT15')['COMBINED']


def whole_image(fairmot: FairMOT, sequence: LabelledSequence) -> float:
    """Return the IDF1 of one tracker on the whole image."""
    rows: Array = track_sequence(fairmot, sequence).tracks
    return evaluate_mot({SEQUENCE: (sequence.truth, rows)}, benchmark='MOT15')['COMBINED']['IDF1']


def report(weights: str) -> None:
    """Print a table of all layouts and methods."""
    if not LabelledSequence.available(SEQUENCE):
        print(f'halves: no sequence {SEQUENCE}; set FAIRMOT_TEST_DATA to where it is')
        return
    sequence = LabelledSequence.read(SEQUENCE)
    fairmot = FairMOT(weights)
    model = fairmot.detector.model_name
    calibration = find_calibration(read_calibrations(), model) or UNCALIBRATED
    methods: dict[str, Method] = {
        'no matching': unmatched,
        f'nearest, similarity {calibration.threshold:.2f}': nearest(calibration.threshold),
        f'nearest, similarity {UNCALIBRATED.threshold:.2f}': nearest(UNCALIBRATED.threshold),
        'identities, without positions': resolved(model, placed=False),
        'identities, with positions': resolved(model, placed=True),
    }
    whole = whole_image(fairmot, sequence)
    print(f'{SEQUENCE}: IDF1 of one tracker on the whole image {100 * whole:.1f}')
    print(f'{"two cameras":48}{"IDF1":>8}{"IDP":>8}{"IDR":>8}{"of whole":>10}')
    for layout, shares in LAYOUTS.items():
        cameras = [PartCamera.of(sequence, n, share) for n, share in zip('ab', shares)]
        tracks = [track_part(FairMOT(weights), sequence, camera) for camera in cameras]
        for name, method in methods.items():
            found = identity_f1(sequence, cameras, tracks, method)
            scores = ''.join(f'{100 * found[metric]:8.1f}' for metric in ('IDF1', 'IDP', 'IDR'))
            print(f'{layout + ": " + name:48}{scores}{found["IDF1"] / whole:10.2f}')
