# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Page of many evaluated bags: it is self-contained, and links to the page of each bag."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import yaml
from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup

import fairmot_ros
from fairmot_ros.evaluation.collection.bag_reports import BagReport, BagRun
from fairmot_ros.evaluation.collection.distributions import distribution_charts
from fairmot_ros.evaluation.report.curves import accuracy_chart
from fairmot_ros.evaluation.report.page import FOLDER as REPORT_FOLDER
from fairmot_ros.evaluation.report.text import COUNTS, RATIOS

if TYPE_CHECKING:
    from fairmot_ros.evaluation.collection.overview import Overview

FOLDER = Path(__file__).parent
#: Metric by which the worst bags come first; without ground truth, the share of dropped images.
RANKED_BY = 'HOTA'


def overview_page(overview: Overview, folder: Path) -> str:
    """Return the page as text.

    Args:
        overview: what to show.
        folder: folder of the page, for relative links.
    """
    environment = Environment(loader=FileSystemLoader(FOLDER), autoescape=True)
    return environment.get_template('overview.html').render(_context(overview, folder))


def _context(overview: Overview, folder: Path) -> dict[str, Any]:
    """Return the variables of the template."""
    rows = [
        _row(name, report, run, folder)
        for name, report in zip(overview.names, overview.reports)
        for run in report.runs
    ]
    curves = accuracy_chart(overview.groups)
    charts = distribution_charts(_values(overview.reports))
    charts += [('HOTA over α, all bags', curves)] if curves else []
    return {
        'style': Markup(
            (REPORT_FOLDER / 'style.css').read_text(encoding='utf-8')
            + (FOLDER / 'overview.css').read_text(encoding='utf-8')
        ),
        'script': Markup((FOLDER / 'overview.js').read_text(encoding='utf-8')),
        'version': fairmot_ros.__version__,
        'ratios': RATIOS,
        'counts': COUNTS,
        'known': any(group.metrics for group in overview.groups),
        'several': len(overview.groups) > 1,
        'ranked_by': RANKED_BY,
        'bags': len(overview.reports),
        'tiles': _tiles(overview),
        'failed': overview.failed,
        'notes': overview.notes,
        'outcomes': overview.outcomes,
        'groups': [(g, g.metrics.summary() if g.metrics else {}) for g in overview.groups],
        'charts': [(title, Markup(chart)) for title, chart in charts],
        'rows': sorted(rows, key=_rank),
        'configurations': [
            {
                'name': name,
                'network': ', '.join(filter(None, (values['model'], values['runtime']))),
                'text': (
                    yaml.safe_dump(dict(values['parameters']))
                    if values['parameters']
                    else 'all at their defaults'
                ),
            }
            for name, values in overview.configurations.items()
        ],
    }


def _row(name: str, report: BagReport, run: BagRun, folder: Path) -> dict[str, Any]:
    """Return a line of the table of bags."""
    link = quote(Path(os.path.relpath(report.page, folder)).as_posix())
    figures = run.metrics.summary() if run.metrics else {}
    return {
        'name': name,
        'path': report.path,
        'link': link,
        'configuration': run.configuration,
        'mode': run.mode.name,
        'figures': figures,
        'images': run.images,
        'seconds': report.seconds,
        'dropped': run.dropped,
        'tracks': run.tracks,
        'notes': [*report.notes, *run.notes],
    }


def _rank(row: dict[str, Any]) -> tuple[float, float, str]:
    """Return the key by which the worst bags come first."""
    dropped = row['dropped'] / max(1, row['images'])
    return row['figures'].get(RANKED_BY, 2.0), -dropped, row['name']


def _values(reports: Sequence[BagReport]) -> dict[str, dict[str, list[float]]]:
    """Return the values of each bag, by metric and by configuration with mode."""
    found: dict[str, dict[str, list[float]]] = {}
    for report in reports:
        for run in report.runs:
            for name, value in (run.metrics.summary() if run.metrics else {}).items():
                title = f'{run.configuration}, {run.mode.name}'
                found.setdefault(name, {}).setdefault(title, []).append(value)
    return found


def _tiles(overview: Overview) -> list[tuple[str, str]]:
    """Return value and text of the key figures, of the first configuration."""
    tiles = [(str(len(overview.reports)), 'bags')]
    if overview.failed:
        tiles.append((str(len(overview.failed)), 'bags passed over'))
    if overview.groups:
        first = overview.groups[0]
        figures = first.metrics.summary() if first.metrics else {}
        of = f'{first.configuration}, {first.mode.name}'
        tiles += [
            (f'{100 * figures[name]:.1f}', f'{name} of all bags, {of}')
            for name in ('HOTA', 'MOTA', 'IDF1')
            if name in figures
        ]
        if not figures:
            tiles.append((str(first.tracks), f'tracks, {of}'))
    tiles.append((str(sum(report.images for report in overview.reports)), 'images'))
    return tiles
