# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Report of an ablation study: Markdown tables, CSV and a plot."""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import mean, stdev
from typing import TYPE_CHECKING, Any

from fairmot_ros.files.writing import replacing, write_text

if TYPE_CHECKING:
    from fairmot_ros.training.ablation.plan import AblationPlan

Result = dict[str, Any]

#: Value of each column, from the result of a run.
MEASURES: dict[str, Callable[[Result], float | None]] = {
    'AP50': lambda r: r['detection']['ap50'],
    'rank-1': lambda r: r['embedding']['rank1'],
    'mAP': lambda r: r['embedding']['map'],
    'TPR at FAR 0.1': lambda r: r['embedding']['tpr_at_far']['0.1'],
    'TPR at FAR 0.01': lambda r: r['embedding']['tpr_at_far']['0.01'],
}
PLOTTED = ('AP50', 'rank-1', 'TPR at FAR 0.1')


@dataclass(frozen=True)
class Row:
    """Results of one variant, one for each finished seed."""

    study: str
    variant: str
    results: list[Result]

    def values(self, measure: str) -> list[float]:
        """Return a measure of each seed; results without it are skipped."""
        found = [MEASURES[measure](result) for result in self.results]
        return [value for value in found if value is not None]

    def shown(self, measure: str) -> str:
        """Return the mean and, with several seeds, the standard deviation as text."""
        values = self.values(measure)
        if not values:
            return '-'
        if len(values) == 1:
            return f'{mean(values):.3f}'
        return f'{mean(values):.3f} ± {stdev(values):.3f}'


def write_report(plan: AblationPlan, rows: list[Row], output: Path) -> None:
    """Write `results.md`, `results.csv` and, if matplotlib is installed, `results.png`."""
    output.mkdir(parents=True, exist_ok=True)
    write_text(output / 'results.md', table(plan, rows))
    with replacing(output / 'results.csv') as partial, partial.open('w', newline='') as file:
        writer = csv.writer(file)
        writer.writerow(['study', 'variant', 'seed', *MEASURES, 'minutes', 'parameters'])
        for row in rows:
            for result in row.results:
                values = [read(result) for read in MEASURES.values()]
                writer.writerow(
                    [
                        row.study,
                        row.variant,
                        result['seed'],
                        *values,
                        round(result['training_minutes'], 2),
                        result['parameters'],
                    ]
                )
    if rows:
        plot(rows, output / 'results.png')


def table(plan: AblationPlan, rows: list[Row]) -> str:
    """Return the results as Markdown, with one table per study."""
    lines = []
    for study in dict.fromkeys(variant.study for variant in plan.variants):
        own = [row for row in rows if row.study == study]
        lines += [f'### {study}', '']
        lines += ['| | seeds | ' + ' | '.join(MEASURES) + ' | minutes | parameters |']
        lines += ['|---' * (len(MEASURES) + 4) + '|']
        for row in own:
            cells = [
                row.variant,
                str(len(row.results)),
                *(row.shown(m) for m in MEASURES),
                f'{mean(r["training_minutes"] for r in row.results):.1f}',
                f'{row.results[0]["parameters"]:,}',
            ]
            lines.append('| ' + ' | '.join(cells) + ' |')
        done = {row.variant for row in own}
        missing = [v.name for v in plan.variants if v.study == study and v.name not in done]
        lines += ['', f'Not yet trained: {", ".join(missing)}.', ''] if missing else ['']
    return '\n'.join(lines)


def plot(rows: list[Row], path: Path) -> bool:
    """Plot the mean and the single seeds of each variant, one panel per study and measure.

    Returns:
        False if matplotlib is not installed.
    """
    try:
        from matplotlib.figure import Figure
    except ImportError:
        return False
    studies = list(dict.fromkeys(row.study for row in rows))
    figure = Figure(figsize=(3.2 * len(PLOTTED), 2.6 * len(studies)), layout='constrained')
    panels = figure.subplots(len(studies), len(PLOTTED), squeeze=False)
    for line, study in zip(panels, studies):
        own = [row for row in rows if row.study == study]
        for panel, measure in zip(line, PLOTTED):
            for place, row in enumerate(own):
                values = row.values(measure)
                panel.plot([place] * len(values), values, 'o', color='0.6', markersize=4)
                if values:
                    panel.plot([place], [mean(values)], 'D', color='tab:blue')
            panel.set_xticks(range(len(own)), [row.variant for row in own])
            panel.set_xlim(-0.5, len(own) - 0.5)
            panel.set_title(measure, fontsize=9)
            panel.grid(axis='y', alpha=0.3)
        line[0].set_ylabel(study)
    with replacing(path) as partial:
        figure.savefig(partial, dpi=110, format='png')
    return True
