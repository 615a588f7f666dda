# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Tuning of the association: search settings, and test them on inputs that were held out."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from fairmot_ros.evaluation.metrics.evaluate import Metrics
from fairmot_ros.tuning.folds import Fold
from fairmot_ros.tuning.measuring import Measurer, Values
from fairmot_ros.tuning.search_space import Range, search_space
from fairmot_ros.tuning.tuning_plan import TuningPlan
from fairmot_ros.tuning.tuning_result import HeldOutInput, TuningResult

#: File of the studies in the output folder.
STUDY = 'study.db'
#: Name of the search on all inputs.
ALL = 'all inputs'


def tune(
    measurer: Measurer,
    folds: Sequence[Fold],
    plan: TuningPlan,
    folder: Path,
    progress: Callable[[int, int], object] = lambda done, total: None,
) -> TuningResult:
    """Search settings on inputs, and compare them with the defaults on held-out inputs.

    In each fold, a search of its own sees only the inputs that are not held out. With several
    folds, a further search on all inputs gives the values to use. Finished trials are stored in
    `folder`, and the same call resumes an interrupted search.

    Args:
        measurer: measures settings on the inputs.
        folds: which inputs are held out; see `make_folds` and `fixed_split`.
        plan: what to search.
        folder: folder of the studies; it must exist.
        progress: called with the number of finished trials and of all.

    Raises:
        ModuleNotFoundError: if optuna is not installed.
        ValueError: if a setting cannot be searched, or the folder has a search with other inputs.
        WriteError: if the studies cannot be written.
    """
    from fairmot_ros.tuning.study import Studies

    default = measurer.settings({}).tracker
    space = search_space(default, plan.settings)
    inputs = {f'fold {i}': fold.chosen_on for i, fold in enumerate(folds, 1)}
    final = next(iter(inputs))
    if len(folds) > 1:
        final, inputs[ALL] = ALL, tuple(range(len(measurer.items)))
    studies = Studies(
        folder / STUDY,
        inputs,
        space,
        default,
        _fingerprint(measurer, inputs, plan, space),
        plan.seed,
    )
    total = plan.trials * len(inputs)
    done = sum(min(studies.finished(name), plan.trials) for name in inputs)
    progress(done, total)

    def advanced(count: int) -> None:
        nonlocal done
        done += count
        progress(done, total)

    studies.run(plan.trials, measurer, lambda m: float(m.summary()[plan.metric]), advanced)
    best = {name: studies.best(name) for name in inputs}
    return TuningResult(
        plan.metric,
        plan.trials,
        plan.min_gain,
        {name: span.default for name, span in space.items()},
        best[final],
        [best[f'fold {i}'] for i in range(1, len(folds) + 1)],
        _held_out(measurer, folds, best),
        measurer.model,
    )


def _held_out(
    measurer: Measurer, folds: Sequence[Fold], best: Mapping[str, Values]
) -> list[HeldOutInput]:
    """Measure the defaults and the values of each fold on the inputs it holds out."""
    where = [(fold, index) for fold, item in enumerate(folds, 1) for index in item.held_out]
    defaults = measurer.measure([({}, index) for _, index in where])
    tuned = measurer.measure([(best[f'fold {fold}'], index) for fold, index in where])
    found: list[tuple[tuple[int, int], Metrics, Metrics]] = list(zip(where, defaults, tuned))
    found.sort(key=lambda entry: entry[0][1])
    return [
        HeldOutInput(measurer.items[index].name, fold, before, after)
        for (fold, index), before, after in found
    ]


def _fingerprint(
    measurer: Measurer,
    inputs: Mapping[str, Sequence[int]],
    plan: TuningPlan,
    space: Mapping[str, Range],
) -> str:
    """Return a hash of what the trials depend on, except their number."""
    content: list[Any] = [
        [item.name for item in measurer.items],
        [file.name for file in measurer.files],
        [hashlib.sha256(item.truth.rows.tobytes()).hexdigest() for item in measurer.items],
        [item.truth.benchmark for item in measurer.items],
        {name: list(indices) for name, indices in inputs.items()},
        {name: [span.low, span.high, span.default] for name, span in space.items()},
        dict(measurer.base),
        dict(measurer.thresholds),
        [plan.metric, plan.seed],
    ]
    text = json.dumps(content, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()
