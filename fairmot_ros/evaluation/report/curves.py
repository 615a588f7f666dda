# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Charts of a report: HOTA over its threshold, and the distribution of the latency."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from fairmot_ros.evaluation.metrics.hota import ALPHAS
from fairmot_ros.evaluation.report.charts import Axis, Series, line_chart
from fairmot_ros.evaluation.runs.results import Group


def accuracy_chart(groups: Sequence[Group]) -> str:
    """Return a chart of HOTA over its thresholds, '' without ground truth."""
    series = [
        Series(
            _name(group),
            ALPHAS.tolist(),
            (100 * group.metrics.hota.hota).tolist(),
            *_style(group, groups),
        )
        for group in groups
        if group.metrics is not None
    ]
    if not series:
        return ''
    top = max(10.0, *(max(line.y) for line in series))
    return line_chart(
        'HOTA over the smallest IoU of a match',
        series,
        Axis('smallest IoU of a match, α', 0.0, 1.0),
        Axis('HOTA in percent', 0.0, top * 1.05),
    )


def latency_chart(groups: Sequence[Group]) -> str:
    """Return a chart of the cumulative distribution of the latency, '' without live runs."""
    series = []
    longest = 0.0
    for group in groups:
        if group.live is None or not len(group.live.latencies):
            continue
        times = 1e3 * np.sort(group.live.latencies)
        shares = 100 * np.arange(1, len(times) + 1) / len(times)
        # At most 200 points, including the first and the last one.
        chosen = np.unique(np.linspace(0, len(times) - 1, 200).astype(int))
        series.append(
            Series(
                _name(group),
                [times[0], *times[chosen]],
                [0.0, *shares[chosen]],
                *_style(group, groups),
            )
        )
        longest = max(longest, float(times[-1]))
    if not series:
        return ''
    return line_chart(
        'Share of results over latency',
        series,
        Axis('milliseconds', 0.0, max(1.03 * longest, 1.0)),
        Axis('results with at most this latency, percent', 0.0, 100.0),
    )


def _name(group: Group) -> str:
    return f'{group.configuration}, {group.mode.name}'


def _style(group: Group, groups: Sequence[Group]) -> tuple[int, int]:
    """Return indices of colour and dash: one colour per configuration, one dash per mode.

    With a single configuration, modes have different colours as well.
    """
    names = list(dict.fromkeys(g.configuration for g in groups))
    modes = list(dict.fromkeys(g.mode for g in groups))
    colour, dash = names.index(group.configuration), modes.index(group.mode)
    return (dash, dash) if len(names) == 1 else (colour, dash)
