# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Create the scenes in data/ and record the metrics that TrackEval computes for them.

Run once, by hand, where TrackEval is installed: `python test/evaluation/record_expected.py`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

import numpy as np
from mot_cases import (
    BENCHMARKS,
    DATA,
    EDGE_CASE_BENCHMARKS,
    EDGE_CASES,
    EXPECTED,
    SCENES,
    scenes,
)
from trackeval_oracle import VERSION, trackeval_metrics

from fairmot_ros.evaluation.mot.text_format import MotArray, write_mot

# Class of each id: pedestrians, and one of every other kind of class.
CLASSES = (1, 1, 7, 1, 12, 1, 3, 1, 8, 1, 6, 1, 2, 1)


@dataclass(frozen=True)
class Scene:
    """People who walk through a square, with results of a simulated, imperfect tracker."""

    frames: int
    people: int
    side: float
    noise: float  # noise of the result boxes in pixels
    miss: float  # probability that a person is missed
    swap: float  # probability of an identity switch
    grid: float = 0.1  # grid to which all values are rounded; coarse grids cause ties

    def make(self, seed: int) -> tuple[MotArray, MotArray]:
        """Return ground truth [N, 9] and results [M, 10]."""
        rng = np.random.default_rng(seed)
        place = rng.uniform(0, self.side, (self.people, 2))
        velocity = rng.normal(0, 3, (self.people, 2))
        size = rng.uniform((18, 40), (30, 60), (self.people, 2))
        result_id = np.arange(self.people) + 1
        gt, results = [], []
        for frame in range(1, self.frames + 1):
            place = np.mod(place + velocity, self.side)
            for i in range(self.people):
                visibility = rng.uniform()
                if visibility > 0.1:
                    mark = float(rng.uniform() > 0.1)
                    kind = CLASSES[i % len(CLASSES)]
                    box = self._rounded(place[i], size[i])
                    gt.append([frame, i + 1, *box, mark, kind, round(visibility, 1)])
            for i in rng.permutation(self.people):
                if rng.uniform() < self.swap:
                    j = rng.integers(self.people)
                    result_id[[i, j]] = result_id[[j, i]]
            for i in rng.permutation(self.people):
                if rng.uniform() > self.miss:
                    noise = rng.normal(0, self.noise, 4)
                    box = self._rounded(place[i] + noise[:2], size[i] + noise[2:])
                    score = round(rng.uniform(), 2)
                    results.append([frame, result_id[i], *box, score, -1, -1, -1])
            if rng.uniform() < 0.3:
                box = self._rounded(rng.uniform(0, self.side, 2), size[0])
                results.append([frame, self.people + 1 + frame % 3, *box, 0.5, -1, -1, -1])
        return np.array(gt, dtype=float), np.array(results, dtype=float)

    def _rounded(self, place: np.ndarray, size: np.ndarray) -> list[float]:
        steps = np.round(np.concatenate([place, size]) / self.grid)
        return [round(v, 1) for v in (steps * self.grid).tolist()]


RECIPES = {
    'corridor': Scene(frames=40, people=5, side=120, noise=3, miss=0.25, swap=0.02),
    'crowd': Scene(frames=16, people=14, side=150, noise=4, miss=0.1, swap=0.05),
    'grid': Scene(frames=20, people=6, side=80, noise=6, miss=0.1, swap=0.05, grid=10),
}


def main() -> None:
    for seed, name in enumerate(SCENES):
        gt, results = RECIPES[name].make(seed)
        write_mot(DATA / f'{name}.gt.txt', gt)
        write_mot(DATA / f'{name}.txt', results)
    recorded = scenes()
    expected = {
        'made by': f'TrackEval {VERSION}',
        'scenes': {benchmark: trackeval_metrics(recorded, benchmark) for benchmark in BENCHMARKS},
        'edge cases': {
            name: {
                benchmark: trackeval_metrics(
                    {'corridor': change(*recorded['corridor'])}, benchmark
                )
                for benchmark in EDGE_CASE_BENCHMARKS
            }
            for name, change in EDGE_CASES.items()
        },
    }
    EXPECTED.write_text(json.dumps(expected, indent=1) + '\n', encoding='utf-8')


if __name__ == '__main__':
    main()
