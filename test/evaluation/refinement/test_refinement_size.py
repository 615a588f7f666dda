# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Refinement of a thousand tracks, and of the links of random graphs."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from fairmot_ros.evaluation.refinement import EmbeddingSamples, refine
from fairmot_ros.evaluation.refinement.candidate_links import candidate_links
from fairmot_ros.evaluation.refinement.linking import best_links, chains
from fairmot_ros.evaluation.refinement.tracklets import make_tracklets, tracks_of

RATE = 10.0


def test_a_thousand_tracks_of_five_hundred_people_are_joined() -> None:
    """People come one after another, ten at a time, and each is lost once for a second."""
    rng = np.random.default_rng(0)
    people, rows, ids, owners = 500, [], [], []
    appearances = rng.normal(size=(people, 16))
    for person in range(people):
        start = 1 + 5 * person
        place = rng.uniform(0, 1500), rng.uniform(0, 800)
        speed = rng.uniform(-60, 60)
        for part, (first, last) in enumerate(((0, 20), (30, 50))):
            frames = np.arange(start + first, start + last)
            own = np.full((len(frames), 10), -1.0)
            own[:, 0], own[:, 1] = frames, 1 + 2 * person + part
            own[:, 2] = place[0] + speed * (frames - start) / RATE
            own[:, 3:7] = place[1], 40, 100, 0.9
            rows.append(own)
            ids += [1 + 2 * person + part] * 4
            owners += [person] * 4
    table = np.concatenate(rows)
    stamps = np.arange(1, int(table[:, 0].max()) + 1) / RATE
    times = np.concatenate([stamps[own[::5, 0].astype(int) - 1] for own in rows])
    noise = rng.normal(0, 0.1, (len(ids), 16))
    samples = EmbeddingSamples(
        np.array(ids), times, (appearances[owners] + noise).astype(np.float32)
    )
    refined = refine(table, stamps, samples)
    right = sum(former == current + 1 for former, current in refined.merged.items())
    assert right >= 0.97 * people
    assert len(refined.merged) - right <= 0.02 * people


def test_the_number_of_candidates_grows_with_the_tracks_not_with_their_square() -> None:
    def pairs(count: int) -> int:
        tracks = np.full((count, 10), -1.0)
        tracks[:, 0], tracks[:, 1] = np.arange(1, count + 1), np.arange(1, count + 1)
        tracks[:, 2:7] = 10, 10, 40, 100, 0.9
        tracklets = make_tracklets(tracks_of(tracks), np.arange(1, count + 1) / RATE)
        return sum(len(earlier) for earlier, _ in candidate_links(tracklets, 4.0))

    assert pairs(2000) < 2.1 * pairs(1000)


def test_candidates_do_not_depend_on_the_size_of_blocks() -> None:
    rng = np.random.default_rng(0)
    tracks = np.full((400, 10), -1.0)
    tracks[:, 0] = rng.integers(1, 100, 400)
    tracks[:, 1] = rng.integers(1, 60, 400)
    tracks[:, 2:7] = rng.uniform(10, 50, (400, 5))
    tracks = tracks[np.unique(tracks[:, :2], axis=0, return_index=True)[1]]
    tracklets = make_tracklets(tracks_of(tracks), np.arange(1, 101) / RATE)

    def links(block: int) -> list[list[int]]:
        blocks = list(candidate_links(tracklets, 5.0, block))
        if block < 50:
            assert len(blocks) > 1
            assert max(len(earlier) for earlier, _ in blocks) < block + 60
        return np.concatenate([np.stack(pair, axis=1) for pair in blocks]).tolist()

    starts, ends = tracklets.starts, tracklets.ends
    expected = [
        [a, b]
        for a in range(len(starts))
        for b in range(len(starts))
        if ends[a] < starts[b] <= ends[a] + 5.0
    ]
    assert links(1) == links(20) == links(10**9) == expected
    assert expected


@pytest.mark.parametrize('seed', range(20))
def test_links_are_the_best_of_all_sets_of_links(seed: int) -> None:
    rng = np.random.default_rng(seed)
    pairs = [(a, b) for a in range(5) for b in range(a + 1, 5) if rng.random() < 0.7]
    gains = rng.uniform(-1, 3, len(pairs))
    earlier, later = (np.array([p[i] for p in pairs], np.int64) for i in (0, 1))
    chosen = set(zip(*(side.tolist() for side in best_links(5, earlier, later, gains))))
    value = dict(zip(pairs, gains.tolist()))
    sets = itertools.chain.from_iterable(
        itertools.combinations(pairs, n) for n in range(len(pairs) + 1)
    )
    best = max(
        sum(value[p] for p in links)
        for links in sets
        if len({a for a, _ in links}) == len(links) == len({b for _, b in links})
    )
    assert sum(value[p] for p in chosen) == pytest.approx(best)


def test_chains_follow_links_to_the_first_tracklet() -> None:
    first = chains(6, np.array([0, 2, 1]), np.array([2, 5, 4]))
    assert first.tolist() == [0, 1, 0, 3, 1, 0]
