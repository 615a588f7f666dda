# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Simulated visitors who walk through the views of several cameras."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import linear_sum_assignment

from benchmarks.sequences import Array
from fairmot_ros.identities import (
    IdentityResolver,
    Observation,
    SourceFrame,
    read_calibrations,
)

EMBEDDING_SIZE = 128
DIMENSIONS = 12  # in which embeddings vary; the fewer, the more people look alike by chance
#: Shares of an embedding common to a scene and to a person; the rest is of the track. The
#: cosine similarity is 0.6 for one person and 0.33 for two, as for people of one scene.
SCENE_SHARE, PERSON_SHARE = 0.33, 0.27
FRAGMENTS = 0.03  # per second: a track ends and another one begins
SWITCHES = 0.05  # per second: two people within 0.8 m swap their tracks
TRUNCATED = 0.6  # metres from the border of a view where a box is cut and its position biased


@dataclass(frozen=True)
class Site:
    """A rectangle with cameras that look down on strips of it.

    Attributes:
        size: metres (x, y).
        views: range of x that each camera sees, metres.
        arrivals: people per second.
        rate: frames per second of each camera.
        placed: whether cameras know positions.
    """

    size: tuple[float, float] = (24.0, 12.0)
    views: tuple[tuple[float, float], ...] = ((0.0, 14.0), (10.0, 24.0))
    arrivals: float = 0.3
    rate: float = 7.0
    placed: bool = True


class _Person:
    def __init__(self, number: int, site: Site, rng: np.random.Generator) -> None:
        self.number = number
        self.appearance = _unit(rng)
        self.enter(site, rng)

    def enter(self, site: Site, rng: np.random.Generator) -> None:
        """Enter at a random border, and walk inwards."""
        width, depth = site.size
        side = int(rng.integers(4))
        share = rng.uniform(0.1, 0.9)
        starts = ((0, share * depth), (width, share * depth), (share * width, 0))
        self.place = np.array((*starts, (share * width, depth))[side], float)
        target = rng.uniform((0.25 * width, 0.25 * depth), (0.75 * width, 0.75 * depth))
        inwards = target - self.place
        self.speed = rng.uniform(0.6, 1.6)
        self.direction = float(np.arctan2(inwards[1], inwards[0]))
        self.tracks: dict[int, tuple[int, Array]] = {}

    def walk(self, seconds: float, rng: np.random.Generator) -> None:
        self.direction += rng.normal(0.0, 0.4) * np.sqrt(seconds)
        step = np.array([np.cos(self.direction), np.sin(self.direction)])
        self.place = self.place + step * self.speed * seconds


class Visitors:
    """Yields frames of all cameras with the true identities.

    Attributes:
        seconds: simulated so far.
    """

    def __init__(self, site: Site, seed: int) -> None:
        """Start with an empty site."""
        self.site, self.seconds = site, 0.0
        self._rng = np.random.default_rng(seed)
        self._scene = _unit(self._rng)
        self._biases = self._rng.normal(0.0, 0.1, (len(site.views), 2))
        self._inside: list[_Person] = []
        self._away: list[tuple[float, _Person]] = []
        self._people = 0
        self._tracks = 0

    def frames(self, seconds: float) -> Iterator[tuple[SourceFrame, list[int]]]:
        """Yield frames, each with the number of the person of each observation."""
        step = 1.0 / self.site.rate
        end = self.seconds + seconds
        while self.seconds < end:
            self.seconds += step
            self._move(step)
            for camera in range(len(self.site.views)):
                yield self._see(camera, step)

    def _move(self, step: float) -> None:
        site, rng = self.site, self._rng
        back = [p for when, p in self._away if when <= self.seconds]
        self._away = [(when, p) for when, p in self._away if when > self.seconds]
        for person in back:
            person.enter(site, rng)
        self._inside += back
        for _ in range(rng.poisson(site.arrivals * step)):
            self._people += 1
            self._inside.append(_Person(self._people, site, rng))
        for person in list(self._inside):
            person.walk(step, rng)
            if (person.place < -0.5).any() or (person.place > np.array(site.size) + 0.5).any():
                self._inside.remove(person)
                if rng.random() < 0.3:
                    self._away.append((self.seconds + rng.uniform(10.0, 120.0), person))

    def _see(self, camera: int, step: float) -> tuple[SourceFrame, list[int]]:
        low, high = self.site.views[camera]
        rng = self._rng
        visible = [p for p in self._inside if low <= p.place[0] <= high]
        for person in self._inside:
            if person not in visible:
                person.tracks.pop(camera, None)
        self._switch(visible, camera, step)
        seen, numbers = [], []
        for person in visible:
            if camera not in person.tracks or rng.random() < FRAGMENTS * step:
                self._tracks += 1
                person.tracks[camera] = (self._tracks, _unit(rng))
            if rng.random() < 0.05:
                continue
            track_id, track = person.tracks[camera]
            look = np.sqrt(SCENE_SHARE) * self._scene + np.sqrt(PERSON_SHARE) * person.appearance
            look = look + np.sqrt(1 - SCENE_SHARE - PERSON_SHARE) * track
            place, covariance = self._place(person, camera, low, high)
            box = (0.0, 0.0, 50.0, 120.0)
            seen.append(Observation(track_id, box, look, place, covariance, 'person'))
            numbers.append(person.number)
        frame = SourceFrame(f'camera{camera}', self.seconds, 'simulated', tuple(seen))
        return frame, numbers

    def _place(self, person: _Person, camera: int, low: float, high: float) -> tuple:
        if not self.site.placed:
            return None, None
        place = person.place + self._biases[camera] + self._rng.normal(0.0, 0.15, 2)
        border = min(person.place[0] - low, high - person.place[0])
        if border < TRUNCATED:
            place = place + np.array([0.0, 0.8 * (1 - border / TRUNCATED)])
        return place, 0.15**2 * np.eye(2)

    def _switch(self, visible: Sequence[_Person], camera: int, step: float) -> None:
        for index, one in enumerate(visible):
            for other in visible[index + 1 :]:
                near = np.hypot(*(one.place - other.place)) < 0.8
                both = camera in one.tracks and camera in other.tracks
                if near and both and self._rng.random() < SWITCHES * step:
                    one.tracks[camera], other.tracks[camera] = (
                        other.tracks[camera],
                        one.tracks[camera],
                    )


class IdentityCounts:
    """Counts how often each person had each identity."""

    def __init__(self) -> None:
        """Start with nothing."""
        self._counts: dict[tuple[int, int], int] = {}

    def add(self, people: Sequence[int], identities: Sequence[int]) -> None:
        """Count the observations of a frame."""
        for pair in zip(people, identities):
            self._counts[pair] = self._counts.get(pair, 0) + 1

    def f1(self) -> float:
        """Return the identity F1: the share of observations under the best one-to-one naming."""
        people = {person: row for row, person in enumerate({p for p, _ in self._counts})}
        given = {i: column for column, i in enumerate({i for _, i in self._counts if i})}
        table = np.zeros((len(people), len(given)), int)
        for (person, identity), count in self._counts.items():
            if identity:
                table[people[person], given[identity]] = count
        rows, columns = linear_sum_assignment(table, maximize=True)
        total = sum(self._counts.values())
        return float(2 * table[rows, columns].sum() / max(total + table.sum(), 1))


def _unit(rng: np.random.Generator) -> Array:
    vector = np.zeros(EMBEDDING_SIZE)
    vector[:DIMENSIONS] = rng.normal(size=DIMENSIONS)
    return vector / np.linalg.norm(vector)


SITES = {
    'two cameras that overlap': Site(),
    'two cameras side by side': Site(views=((0.0, 12.0), (12.0, 24.0))),
    'two cameras 3 m apart': Site(views=((0.0, 10.5), (13.5, 24.0))),
    'overlap, 20 people at once': Site(arrivals=0.9),
}


def report(seconds: float = 60.0, seeds: int = 3) -> None:
    """Print the identity F1 on simulated sites, with the calibration of the default model."""
    (calibration,) = read_calibrations().values()
    print(f'{"simulated site":32}{"tracks":>8}{"identities":>12}')
    for name, site in SITES.items():
        scores = []
        for seed in range(seeds):
            resolver = IdentityResolver(calibrations={'simulated': calibration})
            tracks, identities = IdentityCounts(), IdentityCounts()
            for frame, people in Visitors(site, seed).frames(seconds):
                found = resolver.update(frame)
                identities.add(people, [a.global_id for a in found])
                tracks.add(people, [int(a.track_id) for a in found])
            scores.append((tracks.f1(), identities.f1()))
        before, after = np.mean(scores, axis=0)
        print(f'{name:32}{100 * before:8.1f}{100 * after:12.1f}', flush=True)
