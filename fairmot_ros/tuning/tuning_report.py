# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Files of a tuning: the recommended parameters, and a report."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import fairmot_ros
from fairmot_ros.evaluation.metrics.evaluate import Metrics
from fairmot_ros.files.writing import write_text
from fairmot_ros.pipeline.settings import TRACKER_OF_MODEL
from fairmot_ros.tuning.tuning_result import TuningResult

PARAMETERS, REPORT, DATA = 'parameters.yaml', 'tuning.md', 'tuning.json'
#: Metrics in the tables: ratios in percent, then counts.
RATIOS, COUNTS = ('HOTA', 'AssA', 'MOTA', 'IDF1'), ('IDSW', 'FP', 'FN')


def write_tuning(result: TuningResult, folder: Path, base: Mapping[str, Any]) -> list[Path]:
    """Write `parameters.yaml`, `tuning.md` and `tuning.json`; return their paths.

    Args:
        result: the result.
        folder: folder to write; it must exist.
        base: parameters that were given and not searched; they are part of the parameter file.

    Raises:
        WriteError: if a file cannot be written.
    """
    write_text(folder / PARAMETERS, parameter_file(result, base))
    write_text(folder / REPORT, report(result))
    write_text(folder / DATA, json.dumps(summary(result), indent=1) + '\n')
    return [folder / name for name in (PARAMETERS, REPORT, DATA)]


def verdict(result: TuningResult) -> str:
    """Return the recommendation as one sentence."""
    gain = f'{result.metric} on held-out inputs changes by {100 * result.gain:+.2f} points, '
    count = len(result.inputs)
    gain += (
        f'and {result.improved} of {count} {"inputs improve" if count > 1 else "input improves"}'
    )
    if result.is_won:
        return f'Tuned parameters recommended: {gain}.'
    return (
        f'Nothing is won, defaults recommended: {gain}; expected at least '
        f'{100 * result.min_gain:+.2f} and more than half of the inputs.'
    )


def parameter_file(result: TuningResult, base: Mapping[str, Any]) -> str:
    """Return a ROS 2 parameter file with the recommended values."""
    declared = TRACKER_OF_MODEL.settings()
    values: dict[str, Any] = {
        # Thresholds that come from the model stay so.
        name: result.values[name] if result.is_won else declared[name].default
        for name in result.values
    }
    values |= {
        name: value for name, value in base.items() if name not in values or not result.is_won
    }
    lines = [
        f'# Written by fairmot-tune, fairmot_ros {fairmot_ros.__version__}, for {result.model}.',
        f'# {verdict(result)}',
        '/**:',
        '  ros__parameters:',
        *(f'    {name}: {json.dumps(value)}' for name, value in values.items()),
    ]
    return '\n'.join(lines) + '\n'


def report(result: TuningResult) -> str:
    """Return the report as Markdown."""
    head = ['input', 'fold', 'settings', *RATIOS, *COUNTS]
    lines = [
        '# Tuning of the association',
        '',
        verdict(result),
        '',
        f'Model: {result.model}. {result.trials} trials per search, {result.metric} maximised. '
        'The settings of each fold were chosen on the inputs of the other folds; the table shows '
        'the inputs that the choice did not see.',
        '',
        f'| {" | ".join(head)} |',
        '|' + '---|' * len(head),
    ]
    for item in result.inputs:
        lines.append(_row([item.name, str(item.fold), 'default'], item.default))
        lines.append(_row(['', '', 'tuned'], item.tuned))
    lines.append(_row(['**all**', '', 'default'], result.default))
    lines.append(_row(['', '', 'tuned'], result.tuned))
    folds = [f'fold {i}' for i in range(1, len(result.fold_values) + 1)]
    lines += [
        '',
        'Values that differ much between folds do not matter or do not generalise.',
        '',
        f'| setting | default | tuned | {" | ".join(folds)} |',
        '|' + '---|' * (3 + len(folds)),
    ]
    for name, value in result.values.items():
        cells = [result.defaults[name], value, *(fold[name] for fold in result.fold_values)]
        lines.append(f'| {name} | {" | ".join(f"{cell:g}" for cell in cells)} |')
    return '\n'.join(lines) + '\n'


def summary(result: TuningResult) -> dict[str, Any]:
    """Return the result as JSON-serialisable data."""
    return {
        'fairmot_ros': fairmot_ros.__version__,
        'model': result.model,
        'metric': result.metric,
        'trials': result.trials,
        'recommended': 'tuned' if result.is_won else 'default',
        'gain': result.gain,
        'min_gain': result.min_gain,
        'improved_inputs': result.improved,
        'default_values': dict(result.defaults),
        'tuned_values': dict(result.values),
        'fold_values': [dict(values) for values in result.fold_values],
        'default': result.default.summary(),
        'tuned': result.tuned.summary(),
        'inputs': [
            {
                'name': item.name,
                'fold': item.fold,
                'default': item.default.summary(),
                'tuned': item.tuned.summary(),
            }
            for item in result.inputs
        ],
    }


def _row(cells: list[str], metrics: Metrics) -> str:
    values = metrics.summary()
    cells = [
        *cells,
        *(f'{100 * values[name]:.2f}' for name in RATIOS),
        *(str(values[name]) for name in COUNTS),
    ]
    return f'| {" | ".join(cells)} |'
