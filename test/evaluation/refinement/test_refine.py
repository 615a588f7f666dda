# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Refinement of finished tracks: merging, filling of gaps, smoothing."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from fairmot_ros.evaluation import evaluate_mot
from fairmot_ros.evaluation.refinement import (
    EmbeddingSamples,
    RefinementSettings,
    increasing_times,
    refine,
)
from fairmot_ros.evaluation.refinement.gaps import fill_gaps
from fairmot_ros.evaluation.refinement.smoothing import common_part

RATE = 10.0
FRAMES = 120
STAMPS = np.arange(1, FRAMES + 1) / RATE
MERGE_ONLY = RefinementSettings(max_fill_gap=0.0, smoothing=0.0)
UNSMOOTHED = RefinementSettings(smoothing=0.0)
Rows = NDArray[np.float64]


def walk(
    track: int, frames: range, x: float = 100.0, y: float = 100.0, speed: float = 40.0
) -> Rows:
    """Rows of a person who walks to the right; `x` is the place in frame 1."""
    rows = np.full((len(frames), 10), -1.0)
    rows[:, 0], rows[:, 1] = list(frames), track
    rows[:, 2] = x + speed * (rows[:, 0] - 1) / RATE
    rows[:, 3], rows[:, 4], rows[:, 5], rows[:, 6] = y, 40, 100, 0.9
    return rows


def far_away(track: int) -> Rows:
    """Rows of a bystander in another part of the image, in all frames."""
    return walk(track, range(1, FRAMES + 1), x=900, y=600, speed=-30)


def samples(rows: Rows, person_of: dict[int, int]) -> EmbeddingSamples:
    """Embeddings of every fifth row; each person has an axis of its own."""
    chosen = rows[::5]
    people = [person_of[int(track)] for track in chosen[:, 1]]
    noise = np.random.default_rng(0).normal(0, 0.05, (len(chosen), 8))
    vectors = (np.eye(8)[people] + noise).astype(np.float32)
    return EmbeddingSamples(
        chosen[:, 1].astype(np.int64), STAMPS[chosen[:, 0].astype(int) - 1], vectors
    )


@pytest.mark.parametrize('settings', [None, UNSMOOTHED])
def test_no_rows_stay_no_rows(settings: RefinementSettings | None) -> None:
    refined = refine(np.zeros((0, 10)), STAMPS, settings=settings)
    assert refined.rows.shape == (0, 10)
    assert refined.added.shape == (0,)
    assert refined.merged == {}


def test_one_track_without_gaps_is_unchanged() -> None:
    rows = walk(7, range(3, 40))
    refined = refine(rows, STAMPS, settings=UNSMOOTHED)
    np.testing.assert_array_equal(refined.rows, rows)
    assert refined.merged == {}
    assert not refined.added.any()


def test_a_single_box_is_unchanged() -> None:
    rows = walk(7, range(3, 4))
    refined = refine(rows, STAMPS, settings=RefinementSettings(smoothing=0.5))
    np.testing.assert_array_equal(refined.rows, rows)


def test_the_parts_of_a_straight_walk_are_merged_under_the_first_id() -> None:
    rows = np.concatenate((far_away(9), walk(5, range(1, 30)), walk(2, range(34, 80))))
    refined = refine(rows, STAMPS)
    assert refined.merged == {2: 5}
    own = refined.rows[refined.rows[:, 1] == 5]
    assert own[:, 0].tolist() == list(range(1, 80))
    assert refined.rows[refined.added][:, [0, 1]].tolist() == [[f, 5] for f in range(30, 34)]
    expected = walk(5, range(30, 34))
    np.testing.assert_allclose(refined.rows[refined.added][:, :6], expected[:, :6], atol=1e-6)


def test_a_chain_of_three_parts_gets_one_id() -> None:
    parts = [
        walk(n, frames)
        for n, frames in ((3, range(1, 20)), (2, range(25, 45)), (1, range(50, 90)))
    ]
    refined = refine(np.concatenate((far_away(9), *parts)), STAMPS)
    assert refined.merged == {2: 3, 1: 3}


def test_tracks_that_overlap_in_time_are_never_merged() -> None:
    """Also not if they are at the same place and look the same."""
    rows = np.concatenate((far_away(9), walk(1, range(1, 50)), walk(2, range(49, 90))))
    refined = refine(rows, STAMPS, samples(rows, {1: 0, 2: 0, 9: 1}))
    assert refined.merged == {}


def test_a_person_has_one_continuation_only() -> None:
    """Two tracks start where one ended: one of them is another person."""
    rows = np.concatenate(
        (far_away(9), walk(1, range(1, 30)), walk(2, range(34, 80)), walk(3, range(34, 80), y=112))
    )
    refined = refine(rows, STAMPS)
    assert refined.merged == {2: 1}
    keys = refined.rows[:, [0, 1]]
    assert len(np.unique(keys, axis=0)) == len(keys)


def test_the_best_pairs_are_not_taken_greedily() -> None:
    """The single best link would leave the other two tracks without a partner."""
    still = {'speed': 0.0}
    rows = np.concatenate(
        (
            far_away(9),
            walk(1, range(1, 30), x=100, **still),
            walk(2, range(1, 30), x=128, **still),
            walk(3, range(36, 80), x=125, **still),
            walk(4, range(36, 80), x=145, **still),
        )
    )
    assert refine(rows, STAMPS).merged == {3: 1, 4: 2}


def test_appearance_decides_where_motion_cannot() -> None:
    still = {'speed': 0.0}
    rows = np.concatenate(
        (
            far_away(9),
            walk(1, range(1, 40), x=100, **still),
            walk(2, range(1, 40), x=160, **still),
            walk(3, range(60, 100), x=115, **still),
            walk(4, range(60, 100), x=145, **still),
        )
    )
    crossed = samples(rows, {9: 3, 1: 0, 2: 1, 3: 1, 4: 0})
    straight = samples(rows, {9: 3, 1: 0, 2: 1, 3: 0, 4: 1})
    assert refine(rows, STAMPS, crossed).merged == {3: 2, 4: 1}
    assert refine(rows, STAMPS, straight).merged == {3: 1, 4: 2}


def test_another_appearance_prevents_a_merge() -> None:
    rows = np.concatenate((far_away(9), walk(1, range(1, 30)), walk(2, range(34, 80))))
    assert refine(rows, STAMPS, samples(rows, {9: 3, 1: 0, 2: 0})).merged == {2: 1}
    assert refine(rows, STAMPS, samples(rows, {9: 3, 1: 0, 2: 1})).merged == {}


def test_a_gap_beyond_the_limit_is_not_bridged() -> None:
    rows = np.concatenate((far_away(9), walk(1, range(1, 30)), walk(2, range(40, 80))))
    assert refine(rows, STAMPS).merged == {2: 1}
    assert refine(rows, STAMPS, settings=RefinementSettings(max_link_gap=0.9)).merged == {}


def test_tracks_of_different_classes_are_not_merged() -> None:
    rows = np.concatenate((far_away(9), walk(1, range(1, 30)), walk(2, range(34, 80))))
    rows[rows[:, 1] == 2, 7] = 3
    assert refine(rows, STAMPS).merged == {}


def test_the_result_does_not_depend_on_the_order_of_rows_or_the_ids() -> None:
    rng = np.random.default_rng(0)
    rows = np.concatenate(
        [far_away(9)]
        + [walk(10 + i, range(1 + i, 30 + i), y=60.0 * i) for i in range(5)]
        + [walk(20 + i, range(36 + i, 70 + i), y=60.0 * i + 3) for i in range(5)]
    )
    people = {9: 7, **{10 + i: i for i in range(5)}, **{20 + i: i for i in range(5)}}
    given = samples(rows, people)
    expected = refine(rows, STAMPS, given, RefinementSettings(smoothing=0.2))
    assert len(expected.merged) == 5
    order, other = rng.permutation(len(rows)), rng.permutation(len(given.track_ids))
    shuffled = EmbeddingSamples(given.track_ids[other], given.stamps[other], given.vectors[other])
    again = refine(rows[order], STAMPS, shuffled, RefinementSettings(smoothing=0.2))
    np.testing.assert_array_equal(again.rows, expected.rows)

    renamed = {old: new for new, old in enumerate(rng.permutation(list(people)).tolist(), 101)}
    rows_renamed = rows.copy()
    rows_renamed[:, 1] = [renamed[int(i)] for i in rows[:, 1]]
    samples_renamed = EmbeddingSamples(
        np.array([renamed[int(i)] for i in given.track_ids]), given.stamps, given.vectors
    )
    result = refine(rows_renamed, STAMPS, samples_renamed, RefinementSettings(smoothing=0.2))
    assert result.merged == {renamed[a]: renamed[b] for a, b in expected.merged.items()}


def test_merging_alone_changes_nothing_but_ids() -> None:
    rows = np.concatenate((far_away(9), walk(1, range(1, 30)), walk(2, range(34, 80))))
    refined = refine(rows, STAMPS, settings=MERGE_ONLY)
    assert len(refined.rows) == len(rows)
    ordered = rows[np.lexsort((rows[:, 1], rows[:, 0]))]
    np.testing.assert_array_equal(np.delete(refined.rows, 1, 1), np.delete(ordered, 1, 1))


def test_filling_alone_equals_interpolation() -> None:
    rows = walk(1, range(1, 60))
    rows = np.concatenate((rows[:20], rows[24:30], rows[45:]))
    only = RefinementSettings(max_link_gap=0.0, max_fill_gap=1.0, smoothing=0.0)
    np.testing.assert_array_equal(
        refine(rows, STAMPS, settings=only).rows, fill_gaps(rows, STAMPS, 1.0)
    )


def test_smoothing_reduces_noise_and_keeps_straight_lines() -> None:
    straight = walk(1, range(1, 80))
    smooth = RefinementSettings(smoothing=0.4)
    np.testing.assert_allclose(refine(straight, STAMPS, settings=smooth).rows, straight, atol=1e-6)
    noisy = straight.copy()
    noisy[:, 2:6] += np.random.default_rng(0).normal(0, 5, (len(noisy), 4))
    refined = refine(noisy, STAMPS, settings=smooth).rows
    error, before = (np.abs(r[:, 2:6] - straight[:, 2:6]).mean() for r in (refined, noisy))
    assert error < 0.6 * before


def test_smoothing_keeps_the_motion_of_the_camera() -> None:
    """All people jump together: that is the camera, not noise."""
    rng = np.random.default_rng(0)
    people = [walk(n, range(1, FRAMES + 1), y=150.0 * n) for n in range(1, 6)]
    shake = rng.normal(0, 8, (FRAMES, 2))
    steady = np.concatenate(people)
    truth = steady.copy()
    truth[:, 2:4] += shake[truth[:, 0].astype(int) - 1]
    noisy = truth.copy()
    noisy[:, 2:4] += rng.normal(0, 2, (len(noisy), 2))
    keep_order = np.lexsort((truth[:, 1], truth[:, 0]))
    refined = refine(noisy, STAMPS, settings=RefinementSettings(smoothing=0.3)).rows
    error = np.abs(refined[:, 2:4] - truth[keep_order, 2:4]).mean()
    assert error < 0.75 * np.abs(noisy - truth)[:, 2:4].mean()


def test_independent_noise_is_not_taken_for_motion_of_the_camera() -> None:
    rng = np.random.default_rng(0)
    groups = np.repeat(np.arange(200), 5)
    noise = rng.normal(0, 1, 1000)
    shaking = rng.normal(0, 3, 200)
    assert np.abs(common_part(noise, groups)).mean() < 0.1
    found = common_part(noise + shaking[groups], groups)
    assert np.abs(found - shaking).mean() < 0.5
    assert (common_part(noise[:3], np.array([0, 1, 3])) == 0).all(), 'single values tell nothing'


def test_smoothing_does_not_depend_on_the_frame_rate() -> None:
    """Steps of a twentieth of a second give nearly the same curve as those of a tenth."""
    curve = walk(1, range(1, 81))
    curve[:, 3] += 20 * np.sin(STAMPS[:80])
    coarse = curve[::2].copy()
    coarse[:, 0] = np.arange(1, 41)
    smooth = RefinementSettings(smoothing=0.5)
    fine = refine(curve, STAMPS, settings=smooth).rows[::2]
    found = refine(coarse, STAMPS[::2], settings=smooth).rows
    np.testing.assert_allclose(fine[3:-3, 3], found[3:-3, 3], atol=0.5)


def test_refinement_raises_hota_where_people_are_occluded() -> None:
    truth, rows = [], []
    for person in range(6):
        whole = walk(person + 1, range(1, FRAMES + 1), x=60.0 * person, y=150.0 * person)
        truth.append(whole)
        hidden = range(40 + 4 * person, 52 + 4 * person)
        for part, frames in enumerate((range(1, hidden.start), range(hidden.stop, FRAMES + 1))):
            rows.append(walk(10 * person + part + 1, frames, x=60.0 * person, y=150.0 * person))
    gt, results = np.concatenate(truth), np.concatenate(rows)
    gt[:, 6] = 1
    filled = RefinementSettings(max_fill_gap=2.0)
    before = evaluate_mot({'s': (gt, results)})['s']
    after = evaluate_mot({'s': (gt, refine(results, STAMPS, settings=filled).rows)})['s']
    assert after['HOTA'] == pytest.approx(1.0)
    assert before['HOTA'] < 0.8


@pytest.mark.parametrize(
    ('rows', 'stamps', 'reason'),
    [
        (walk(1, range(1, 5)), STAMPS[::-1], 'must increase'),
        (walk(1, range(1, 5)), STAMPS[:3], 'there are 3 stamps, but a box in frame 4'),
        (walk(1, range(5)), STAMPS, 'frame numbers of 1 or more'),
        (walk(1, range(1, 5)) * np.nan, STAMPS, 'must have finite values'),
        (
            np.repeat(walk(1, range(3, 4)), 2, axis=0),
            STAMPS,
            'track 1 has several boxes in frame 3',
        ),
    ],
)
def test_unusable_input_is_rejected(rows: Rows, stamps: Rows, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        refine(rows, stamps)


def test_samples_must_fit_together() -> None:
    with pytest.raises(ValueError, match=r'expected stamps \[2\] and vectors \[2, D\]'):
        EmbeddingSamples(np.array([1, 2]), np.zeros(1), np.zeros((2, 4), np.float32))
    with pytest.raises(ValueError, match='finite'):
        EmbeddingSamples(np.array([1]), np.zeros(1), np.full((1, 4), np.nan, np.float32))


def test_times_increase_where_stamps_do_not() -> None:
    stamps = np.array([5.0, 5.1, 5.05, 5.2, 1.0, 1.1])
    processed = np.array([True, True, False, True, True, True])
    times = increasing_times(stamps, processed)
    assert (np.diff(times) > 0).all()
    np.testing.assert_allclose(times[[0, 1, 3]], [5.0, 5.1, 5.2])
    assert times[4] - times[3] > 1e5  # nothing is merged across the jump
    np.testing.assert_allclose(times[5] - times[4], 0.1, atol=1e-6)


@pytest.mark.parametrize('processed', [[False] * 4, [False, True, False, False]])
def test_times_of_frames_before_and_after_the_processed_ones(processed: list[bool]) -> None:
    times = increasing_times(np.array([3.0, 2.0, 1.0, 1.0]), np.array(processed))
    assert len(times) == 4
    assert (np.diff(times) > 0).all()
