# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Evaluation of tracking results against ground truth, per sequence and combined."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import reduce
from operator import add
from typing import Any, Protocol, cast

from fairmot_ros.evaluation.metrics.clear import Clear, evaluate_clear
from fairmot_ros.evaluation.metrics.hota import Hota, evaluate_hota
from fairmot_ros.evaluation.metrics.identity import evaluate_identity
from fairmot_ros.evaluation.metrics.label_notes import notes_on
from fairmot_ros.evaluation.metrics.preprocessing import MotSequence, preprocess
from fairmot_ros.evaluation.mot.text_format import MotSource, load_mot

logger = logging.getLogger(__name__)

COMBINED = 'COMBINED'
Summary = dict[str, float | int]


class Metric(Protocol):
    """One family of metrics of one or more sequences; adding them combines sequences."""

    def __add__(self, other: Any) -> Any:
        """Return the metrics of all sequences of both."""

    def summary(self) -> Summary:
        """Return the metrics by name: ratios as floats, counts as integers."""


#: Families of metrics by name. To add one, write a function in a file of its own and list it here.
METRICS: dict[str, Callable[[MotSequence], Metric]] = {
    'hota': evaluate_hota,
    'clear': evaluate_clear,
    'identity': evaluate_identity,
}


@dataclass(frozen=True, eq=False)
class Metrics:
    """All metrics of one or more sequences; adding them combines sequences.

    Attributes:
        parts: families of metrics by their name in METRICS.
    """

    parts: Mapping[str, Metric]

    def __add__(self, other: Metrics) -> Metrics:
        return Metrics({name: part + other.parts[name] for name, part in self.parts.items()})

    @property
    def hota(self) -> Hota:
        """HOTA metrics at each threshold."""
        return cast(Hota, self.parts['hota'])

    @property
    def clear(self) -> Clear:
        """CLEAR MOT metrics."""
        return cast(Clear, self.parts['clear'])

    def summary(self) -> Summary:
        """Return all metrics by name, ratios before counts.

        HOTA metrics are averaged over the thresholds. Ratios are in 0..1, except that MOTA may be
        negative.
        """
        figures: Summary = {}
        for part in self.parts.values():
            figures |= part.summary()
        return dict(sorted(figures.items(), key=lambda item: isinstance(item[1], int)))


def evaluate_sequences(
    sequences: Mapping[str, tuple[MotSource, MotSource]], benchmark: str = 'MOT15'
) -> dict[str, Metrics]:
    """Evaluate sequences and return full metrics, including HOTA at each threshold.

    If no ground-truth row counts under the rules of the benchmark, a warning is logged.

    Args:
        sequences: ground truth and results by sequence name, each a MOTChallenge array [N, 7..10]
            or the path of a text file; empty if there are no results.
        benchmark: MOT15, MOT16, MOT17 or MOT20; determines which boxes count.

    Returns:
        Metrics by sequence name, and those of all sequences under 'COMBINED'.

    Raises:
        FileNotFoundError: if a file does not exist.
        ValueError: if the benchmark is unknown, or ground truth or results are invalid.
    """
    if not sequences:
        raise ValueError('there are no sequences to evaluate; expected at least one')
    if COMBINED in sequences:
        raise ValueError(
            f'a sequence is called {COMBINED!r}, the name of the combined metrics: rename it'
        )
    metrics = {
        name: _evaluate(*pair, benchmark=benchmark, name=name) for name, pair in sequences.items()
    }
    metrics[COMBINED] = reduce(add, metrics.values())
    return metrics


def evaluate_mot(
    sequences: Mapping[str, tuple[MotSource, MotSource]], benchmark: str = 'MOT15'
) -> dict[str, Summary]:
    """Evaluate sequences as TrackEval does.

    For arguments and errors, see `evaluate_sequences`.

    Returns:
        Metrics by sequence name, and those of all sequences under 'COMBINED': HOTA DetA AssA LocA
        MOTA MOTP IDF1 IDP IDR (ratios) and IDSW FP FN Frag MT PT ML (counts).

    Examples:
        Two frames with one person, who is missed in the second one. The columns are frame, id,
        left, top, width, height, mark (in results: score) and three that are unused in MOT15.

        >>> import numpy as np
        >>> from fairmot_ros.evaluation import evaluate_mot
        >>> truth = [[1, 1, 10, 10, 40, 80, 1, -1, -1, -1], [2, 1, 12, 10, 40, 80, 1, -1, -1, -1]]
        >>> results = [[1, 7, 10, 10, 40, 80, 0.9, -1, -1, -1]]
        >>> rows = evaluate_mot({'walk': (np.array(truth), np.array(results))})
        >>> rows['walk']['MOTA'], rows['walk']['FN'], rows['COMBINED']['IDSW']
        (0.5, 1, 0)
    """
    metrics = evaluate_sequences(sequences, benchmark)
    summaries = {name: m.summary() for name, m in metrics.items()}
    for name in sequences:
        # As in TrackEval, the MOTA of a sequence without ground truth is 0, although its false
        # positives count in the combined metrics.
        if metrics[name].clear.gt_boxes == 0:
            summaries[name]['MOTA'] = 0.0
    return summaries


def _evaluate(gt: MotSource, results: MotSource, *, benchmark: str, name: str) -> Metrics:
    truth = load_mot(gt, f'ground truth of {name!r}')
    sequence = preprocess(truth, load_mot(results, f'results of {name!r}'), benchmark, name)
    for note in notes_on(truth, benchmark, f'the ground truth of {name!r}'):
        logger.warning(note)
    return measure(sequence)


def measure(sequence: MotSequence) -> Metrics:
    """Return all metrics of a preprocessed sequence."""
    return Metrics({name: evaluate(sequence) for name, evaluate in METRICS.items()})
