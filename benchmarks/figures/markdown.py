# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Tables and numbers as Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

SUMMARY = ('MOTA', 'IDF1', 'HOTA')


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table."""
    lines = [head, ['---'] * len(head), *rows]
    return '\n'.join(f'| {" | ".join(line)} |'.replace('|  |', '| |') for line in lines)


def percents(metrics: Mapping[str, float], names: Sequence[str] = SUMMARY) -> str:
    """Return ratios in percent, as in ``79.4 / 84.3 / 61.1``."""
    return ' / '.join(percent(metrics[name]) for name in names)


def percent(ratio: float) -> str:
    """Return a ratio in percent with one decimal."""
    return f'{100 * ratio:.1f}'
