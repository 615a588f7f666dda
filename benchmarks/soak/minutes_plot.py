# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""A picture of long runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmarks.soak.minutes import Minute
from fairmot_ros.files.writing import replacing

#: Title of each plot and the fields that it shows, each with its line.
PLOTS = (
    ('resident memory, MB', {'memory': '-'}),
    ('descriptors (-) and threads (:)', {'descriptors': '-', 'threads': ':'}),
    ('age of results, ms: median (-) and 95th percentile (:)', {'p50': '-', 'p95': ':'}),
    ('images sent (:) and results (-)', {'results': '-', 'sent': ':'}),
)


def plot(runs: Mapping[str, Sequence[Minute]], path: Path) -> None:
    """Draw the figures of runs over the minutes, one colour for each run, as PNG.

    Args:
        runs: the minutes of each run, by its name.
        path: file to write.
    """
    import matplotlib

    matplotlib.use('Agg')
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(len(PLOTS), sharex=True, figsize=(9, 9), layout='constrained')
    for axis, (title, lines) in zip(axes, PLOTS):
        for number, (name, minutes) in enumerate(runs.items()):
            for field, line in lines.items():
                values = [getattr(m, field) for m in minutes]
                label = name if line == '-' else None
                axis.plot(
                    [m.minute for m in minutes], values, line, color=f'C{number}', label=label
                )
        axis.set_title(title, fontsize=10, loc='left')
        axis.set_ylim(0, 1.05 * axis.get_ylim()[1])
        axis.grid(alpha=0.3)
    if len(runs) > 1:
        axes[0].legend(fontsize=8, loc='lower right')
    axes[-1].set_xlabel('minute')
    with replacing(path) as part:
        figure.savefig(part, format='png', dpi=110)
    plt.close(figure)
