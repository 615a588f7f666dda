# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Metrics as a text table."""

from __future__ import annotations

from collections.abc import Mapping

from fairmot_ros.evaluation.metrics.evaluate import Summary


def format_table(results: Mapping[str, Summary]) -> str:
    """Format the results of `evaluate_mot` as a table with one line per sequence.

    Ratios are in percent with one decimal.
    """
    if not results:
        return '(no sequences)'
    names = list(next(iter(results.values())))
    lines = [['sequence', *names]]
    lines += [[name, *(_cell(row[key]) for key in names)] for name, row in results.items()]
    widths = [max(map(len, column)) for column in zip(*lines)]
    return '\n'.join(
        '  '.join([line[0].ljust(widths[0])] + [c.rjust(w) for c, w in zip(line[1:], widths[1:])])
        for line in lines
    )


def _cell(value: float | int) -> str:
    return str(value) if isinstance(value, int) else f'{100 * value:.1f}'
