# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Evaluation results as a self-contained HTML page."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml
from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup
from tqdm import tqdm

import fairmot_ros
from fairmot_ros.evaluation.metrics.evaluate import Metrics
from fairmot_ros.evaluation.report.curves import accuracy_chart, latency_chart
from fairmot_ros.evaluation.report.text import COUNTS, LATENCIES, RATIOS
from fairmot_ros.evaluation.report.track_timelines import MAX_PEOPLE, track_timeline_chart
from fairmot_ros.evaluation.report.worst_frames import COLOURS, worst_frames
from fairmot_ros.evaluation.runs.recording import Recording
from fairmot_ros.evaluation.runs.results import Evaluation, Group
from fairmot_ros.evaluation.runs.run_scores import RunScores
from fairmot_ros.files.writing import write_text

FOLDER = Path(__file__).parent
#: Metrics for which live, filled and refined runs show the difference to the offline run.
COMPARED = ('HOTA', 'MOTA', 'IDF1')
#: Number of frames with the most errors to show, and their smallest distance in seconds.
WORST_FRAMES, SECONDS_APART = 6, 2.0


def write_page(path: Path, evaluation: Evaluation) -> None:
    """Write the page.

    Raises:
        BagError: if an image cannot be read from a bag.
        WriteError: if the page cannot be written.
    """
    environment = Environment(loader=FileSystemLoader(FOLDER), autoescape=True)
    text = environment.get_template('page.html').render(_context(evaluation))
    write_text(path, text)


def _context(evaluation: Evaluation) -> dict[str, Any]:
    """Return the variables of the template."""
    groups = evaluation.groups()
    charts = [('HOTA over α', accuracy_chart(groups)), ('Latency', latency_chart(groups))]
    return {
        'style': Markup((FOLDER / 'style.css').read_text(encoding='utf-8')),
        'version': fairmot_ros.__version__,
        'ratios': RATIOS,
        'counts': COUNTS,
        'latencies': LATENCIES,
        'known': any(group.metrics for group in groups),
        'live': any(group.live for group in groups),
        'filled': any(group.mode.filled for group in groups),
        'refined': any(group.mode.refined for group in groups),
        'later': any(group.mode.uses_later_frames for group in groups),
        'tiles': _tiles(evaluation, groups),
        'outcomes': evaluation.outcomes,
        'lines': _main_lines(groups),
        'charts': [(title, Markup(chart)) for title, chart in charts if chart],
        'colours': COLOURS,
        'recordings': [
            _recording(recording, evaluation)
            for recording in tqdm(evaluation.recordings, 'writing the report', leave=False)
        ],
        'configurations': _configurations(evaluation),
    }


def _tiles(evaluation: Evaluation, groups: Sequence[Group]) -> list[tuple[str, str]]:
    """Return value and text of the key figures at the top, of the first configuration."""
    first = groups[0]
    figures = first.metric_values()
    several = len(evaluation.parameters) > 1
    of = (f'{first.configuration}, ' if several else '') + first.mode.name
    tiles = [
        (f'{100 * figures[name]:.1f}', f'{name}, {of}')
        for name in ('HOTA', 'MOTA', 'IDF1')
        if name in figures
    ]
    if 'IDSW' in figures:
        tiles.append((str(figures['IDSW']), f'identity switches, {of}'))
    else:
        tiles.append((str(first.tracks), f'tracks, {of}'))
    live = next((group for group in groups if group.live is not None), None)
    if live is not None and live.metric_values()['latency_p95_ms'] is not None:
        tiles.append(
            (
                f'{live.metric_values()["latency_p95_ms"]:.0f} ms',
                f'95th percentile of latency, {live.mode.name}',
            )
        )
    tiles.append((str(sum(len(r.frames) for r in evaluation.recordings)), 'images'))
    return tiles


def _main_lines(groups: Sequence[Group]) -> list[dict[str, Any]]:
    """Return a table line for each configuration and mode, with differences to offline runs."""
    offline = {
        g.configuration: g.metric_values()
        for g in groups
        if g.mode.rate is None and not g.mode.uses_later_frames
    }
    lines: list[dict[str, Any]] = []
    for group in groups:
        share = 100 * group.dropped / max(1, group.images)
        lines.append(
            {
                **_line(group.configuration, group.mode.name, group.metrics),
                'first': bool(lines) and lines[-1]['configuration'] != group.configuration,
                'images': group.images,
                'tracks': group.tracks,
                'dropped': f'{group.dropped} ({share:.0f} %)' if group.live else '–',
                'processed': (
                    group.processed_metrics.summary()['HOTA']
                    if group.processed_metrics and group.live
                    else None
                ),
                'latency': (group.live.percentiles() if group.live else dict.fromkeys(LATENCIES)),
            }
        )
        compared = group.live is not None or group.mode.uses_later_frames
        baseline = offline.get(group.configuration, {}) if compared else {}
        lines[-1]['differences'] |= {
            name: round(100 * (lines[-1]['figures'][name] - baseline[name]), 1)
            for name in COMPARED
            if name in baseline
        }
    return lines


def _line(configuration: str, mode: str, metrics: Metrics | None) -> dict[str, Any]:
    return {
        'configuration': configuration,
        'mode': mode,
        'figures': metrics.summary() if metrics else {},
        'differences': dict.fromkeys(RATIOS),
    }


def _recording(recording: Recording, evaluation: Evaluation) -> dict[str, Any]:
    scored_runs = [v for v in evaluation.scored_runs if v.run.recording is recording]
    annotated = [v for v in scored_runs if v.timeline is not None]
    first, last = recording.frames.span
    lives = [v.run.live for v in scored_runs if v.run.live is not None]
    people = len(annotated[0].timeline.people) if annotated and annotated[0].timeline else 0
    return {
        'name': recording.name,
        'notes': [*recording.notes, *dict.fromkeys(n for v in scored_runs for n in v.run.notes)],
        'images': len(recording.frames),
        'topic': recording.image_topic,
        'seconds': last - first,
        'rate': recording.frames.rate,
        'truth': recording.truth,
        'lines': [
            {**_line(v.run.configuration, v.run.mode.name, v.metrics), 'live': v.run.live}
            for v in scored_runs
        ],
        'stages': list(dict.fromkeys(name for live in lives for name in live.stages)),
        'timelines': [(_title(v), Markup(track_timeline_chart(_title(v), v))) for v in annotated],
        'people_shown': min(people, MAX_PEOPLE),
        'people_left_out': max(0, people - MAX_PEOPLE),
        'worst_frames': (
            list(worst_frames(annotated[0], WORST_FRAMES, SECONDS_APART)) if annotated else []
        ),
    }


def _title(scored: RunScores) -> str:
    return f'{scored.run.configuration}, {scored.run.mode.name}'


def _configurations(evaluation: Evaluation) -> list[dict[str, str]]:
    runs = {v.run.configuration: v.run for v in evaluation.scored_runs}
    return [
        {
            'name': name,
            'network': (
                ', '.join(filter(None, (runs[name].model, runs[name].runtime)))
                if name in runs
                else ''
            ),
            'text': yaml.safe_dump(dict(values)) if values else 'all at their defaults',
        }
        for name, values in evaluation.parameters.items()
    ]
