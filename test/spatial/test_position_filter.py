# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""People stand, walk and turn; what the filter says of them holds, and so does its covariance."""

from __future__ import annotations

import numpy as np
import pytest

from fairmot_ros.spatial.position_filter import PositionEstimates, PositionFilter

RATE = 30
NOISE = np.diag([0.12, 0.03, 0.03]) ** 2  # as of depth at four metres


def observe(paths: np.ndarray, seed: int = 0, seen: np.ndarray | None = None) -> list:
    """Return the estimates of N people on paths [T, N, 3], measured where `seen` [T] says so."""
    random = np.random.default_rng(seed)
    found, positions = [], PositionFilter()
    ids = np.arange(paths.shape[1]) + 7
    for step, places in enumerate(paths):
        measured = places + random.normal(size=places.shape) * np.sqrt(np.diag(NOISE))
        if seen is not None and not seen[step]:
            measured[:] = np.nan
        noise = np.repeat(NOISE[None], len(ids), axis=0)
        found.append(positions.update(step / RATE, ids, measured, noise))
    return found


def walk(speeds: list[float], seconds: list[float], count: int = 40) -> tuple:
    """Return paths [T, N, 3] along x and velocities [T], from a speed at each of some times."""
    times = np.arange(int(seconds[-1] * RATE)) / RATE
    velocity = np.interp(times, seconds, speeds)
    paths = np.zeros((len(times), count, 3))
    paths[:, :, 0] = (np.cumsum(velocity) / RATE)[:, None]
    return paths, velocity


def means(estimates: list[PositionEstimates]) -> np.ndarray:
    return np.array([e.means for e in estimates])


def test_a_standing_person_does_not_move() -> None:
    paths, _ = walk([0, 0], [0, 10])
    errors = means(observe(paths))[2 * RATE :]
    assert np.abs(errors[..., 0]).max() < 0.15
    assert np.quantile(np.linalg.norm(errors[..., 3:], axis=-1), 0.99) < 0.1


def test_a_steady_walk_is_followed_without_a_lag() -> None:
    paths, _ = walk([1.4, 1.4], [0, 6])
    found = means(observe(paths))[3 * RATE :]
    assert np.abs((found[..., 0] - paths[3 * RATE :, :, 0]).mean()) < 0.01
    assert np.abs((found[..., 3] - 1.4).mean()) < 0.01


def test_starting_and_stopping_is_followed_within_a_second() -> None:
    paths, _ = walk([0, 0, 1.4, 1.4, 0, 0], [0, 3, 4, 8, 9, 12])
    found = means(observe(paths))
    errors = found[..., 0] - paths[..., 0]
    assert np.abs(errors[RATE:]).max() < 0.45
    assert np.sqrt(np.square(errors[RATE:]).mean()) < 0.07
    late = found[[5 * RATE, 8 * RATE - 1, 10 * RATE, 12 * RATE - 1], :, 3]
    np.testing.assert_allclose(np.median(late, axis=1), [1.4, 1.4, 0, 0], atol=0.15)


def test_the_covariance_is_that_of_the_errors() -> None:
    paths, velocity = walk([1.0, 1.0], [0, 5], count=200)
    for step in (0, RATE, 4 * RATE):
        found = observe(paths[: step + 1])[-1]
        truth = np.concatenate((paths[step], np.tile([velocity[step], 0, 0], (200, 1))), axis=1)
        errors = found.means - truth
        distances = np.einsum('ni,nij,nj->n', errors, np.linalg.inv(found.covariances), errors)
        assert 3 < distances.mean() < 7.5  # 6 if it is exact; the filter allows for turns


def test_a_lost_track_is_predicted_with_growing_doubt() -> None:
    paths, _ = walk([1.0, 1.0], [0, 5])
    seen = np.arange(len(paths)) < 3 * RATE
    found = observe(paths, seen=seen)
    last, later = found[3 * RATE - 1], found[4 * RATE]
    assert last.measured.all() and not later.measured.any() and later.known.all()
    np.testing.assert_allclose(later.means[:, 0], 4.0, atol=0.3)
    spread = [np.sqrt(e.covariances[0, 0, 0]) for e in (last, later, found[-1])]
    assert spread[0] < 0.05 < 0.2 < spread[1] < spread[2]


def test_a_single_wrong_measurement_hardly_counts_and_a_lasting_one_does() -> None:
    paths, _ = walk([0, 0], [0, 6])
    paths[3 * RATE, :, 0] = 4.0  # the wall behind
    paths[4 * RATE :, :, 0] = -2.0
    found = means(observe(paths))
    assert np.abs(found[3 * RATE : 4 * RATE, :, 0]).max() < 0.2
    assert np.abs(found[4 * RATE + 20 :, :, 0] + 2.0).max() < 0.3


def test_tracks_come_and_go() -> None:
    positions = PositionFilter()
    unknown = np.full((1, 3), np.nan)
    first = positions.update(0.0, [3], unknown, NOISE[None])
    assert not first.known.any() and not first.measured.any()
    both = positions.update(0.1, [9, 3], [[1, 2, 3], [4, 5, 6]], [NOISE, NOISE])
    np.testing.assert_allclose(both.means[:, :3], [[1, 2, 3], [4, 5, 6]])
    swapped = positions.update(0.2, [3, 9], np.full((2, 3), np.nan), [NOISE, NOISE])
    np.testing.assert_allclose(swapped.means[:, :3], [[4, 5, 6], [1, 2, 3]])
    positions.update(0.3, [3], unknown, NOISE[None])
    gone = positions.update(0.4, [9], unknown, NOISE[None])
    assert not gone.known.any()
    assert len(positions.update(0.5, [], [], []).means) == 0


@pytest.mark.parametrize('bad', [np.inf, -np.inf, np.nan, 1e200])
def test_absurd_numbers_are_no_measurement(bad: float) -> None:
    positions = PositionFilter()
    assert not positions.update(0.0, [1], [[bad, 0, 1]], NOISE[None]).known.any()
    assert not positions.update(0.1, [1], [[0, 0, 1]], np.full((1, 3, 3), bad)).known.any()


def test_a_reset_drops_all() -> None:
    positions = PositionFilter()
    positions.update(9.0, [1], [[0, 0, 1]], NOISE[None])
    positions.reset()
    assert not positions.update(0.1, [1], [[np.nan] * 3], NOISE[None]).known.any()
