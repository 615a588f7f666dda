# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Tables by sequence: the default model beside the baselines, and its errors."""

from __future__ import annotations

from benchmarks.default_model import GALLERY, average_precision, rank_1
from benchmarks.figures.baselines import baseline_metrics
from benchmarks.figures.markdown import SUMMARY, percents, table
from benchmarks.figures.measured import ALL_INDOOR, TITLES, Measured
from benchmarks.sequences import INDOOR, STREET


def parts(measured: Measured) -> dict[str, str]:
    """Return the parts `comparison`, `errors` and `embedding`."""
    return {
        'comparison': comparison(measured),
        'errors': errors(measured),
        'embedding': embedding(measured),
    }


def comparison(measured: Measured) -> str:
    """Return metrics of the default model and the baselines."""
    columns = {'default model': measured.metrics, **baseline_metrics(measured.cache)}
    head = (f'{" / ".join(SUMMARY)} / id switches', *columns)
    return table(
        head,
        (
            (
                title,
                *(f'{percents(c[name])} / {c[name]["IDSW"]:.0f}' for c in columns.values()),
            )
            for name, title in TITLES.items()
        ),
    )


def errors(measured: Measured) -> str:
    """Return counts of errors and the average precision of the default model."""
    results = measured.results
    groups = {name: [result] for name, result in results.items()}
    groups[ALL_INDOOR] = [results[name] for name in INDOOR]
    head = ('default model', 'labelled boxes', 'false boxes', 'missed boxes', 'AP at IoU 0.5')
    rows = []
    for name, title in TITLES.items():
        metrics = measured.metrics[name]
        labels = sum(int((r.sequence.truth[:, 6] > 0).sum()) for r in groups[name])
        precision = average_precision(groups[name])
        counts = (f'{labels:,}', f'{metrics["FP"]:.0f}', f'{metrics["FN"]:.0f}')
        rows.append((title, *counts, f'{precision:.3f}'))
    return table(head, rows)


def embedding(measured: Measured) -> str:
    """Return a sentence about the nearest embedding."""
    found = {name: rank_1(measured.results[name]) for name in STREET}
    shares = ' and '.join(
        f'{share:.3f} of {queries} queries on {name}' for name, (share, queries) in found.items()
    )
    return (
        f'The nearest embedding {GALLERY[0]} to {GALLERY[1]} frames later is of the same person '
        f'in {shares}.'
    )
