# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""A picture of a long run."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from benchmarks.soak.minutes import Minute
from fairmot_ros.files.writing import replacing

#: Title of each plot and the fields that it shows.
PLOTS = (
    ('resident memory, MB', ('memory',)),
    ('descriptors and threads', ('descriptors', 'threads')),
    ('age of results, ms', ('p50', 'p95')),
    ('images sent and results', ('sent', 'results')),
)


def plot(minutes: Sequence[Minute], path: Path) -> None:
    """Draw the figures over the minutes, as PNG."""
    import matplotlib

    matplotlib.use('Agg')
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(len(PLOTS), sharex=True, figsize=(9, 9), layout='constrained')
    numbers = [m.minute for m in minutes]
    for axis, (title, names) in zip(axes, PLOTS):
        for name in names:
            axis.plot(numbers, [getattr(m, name) for m in minutes], label=name)
        axis.set_title(title, fontsize=10, loc='left')
        axis.set_ylim(bottom=0)
        axis.grid(alpha=0.3)
        if len(names) > 1:
            axis.legend(fontsize=8)
    axes[-1].set_xlabel('minute')
    with replacing(path) as part:
        figure.savefig(part, format='png', dpi=110)
    plt.close(figure)
