# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Reports of evaluated bags, read back from their JSON files to be combined."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import add
from pathlib import Path
from typing import Any

from fairmot_ros.evaluation.metrics.evaluate import Metrics
from fairmot_ros.evaluation.metrics.sums import metrics_from
from fairmot_ros.evaluation.report.files import DATA, PAGE
from fairmot_ros.evaluation.report.summary import FORMAT
from fairmot_ros.evaluation.runs.results import Group
from fairmot_ros.evaluation.runs.run_scores import Mode
from fairmot_ros.files.errors import FileError, reading

#: Value of `kind` in the JSON file of an overview.
OVERVIEW = 'overview'
MAX_DEPTH = 10  # of overviews that name overviews


class ReportError(FileError):
    """A report that cannot be combined with others; the message names the file."""


@dataclass(frozen=True, eq=False)
class BagRun:
    """Results of one configuration in one mode on one bag.

    Attributes:
        configuration: name of the configuration.
        mode: live or offline.
        images, dropped, tracks: counts.
        metrics, processed_metrics: see `RunScores`; None without ground truth.
        notes: remarks for the user.
    """

    configuration: str
    mode: Mode
    images: int
    dropped: int
    tracks: int
    metrics: Metrics | None
    processed_metrics: Metrics | None
    notes: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class BagReport:
    """Results of one bag.

    Attributes:
        path: path of the bag.
        file: JSON file of the report; the page is beside it.
        images: number of images.
        seconds: duration of the recording.
        notes: remarks for the user.
        configurations: by name, what the results of a configuration depend on.
        runs: results of all configurations and modes.
    """

    path: str
    file: Path
    images: int
    seconds: float
    notes: tuple[str, ...]
    configurations: Mapping[str, Mapping[str, Any]]
    runs: Sequence[BagRun]

    @property
    def page(self) -> Path:
        """Path of the page of the bag."""
        return self.file.with_name(PAGE)


@dataclass(frozen=True)
class FailedBag:
    """A bag that was passed over, and why."""

    path: str
    reason: str


def read_reports(folder: Path) -> tuple[list[BagReport], list[FailedBag]]:
    """Read all bags of an evaluation: of a report, or of the reports that an overview names.

    Args:
        folder: output folder of an evaluation.

    Raises:
        FileNotFoundError: if the folder has no report.
        ReportError: if a report cannot be used.
    """
    reports: list[BagReport] = []
    failed: list[FailedBag] = []
    for file, data in _data_files(folder / DATA, MAX_DEPTH):
        with reading(f'{file} is no report of an evaluation', ReportError):
            if data.get('kind') == OVERVIEW:
                failed += [FailedBag(f['path'], f['reason']) for f in data['failed']]
            else:
                reports += _bags_of(file, data)
    return reports, failed


def read_report(file: Path) -> list[BagReport]:
    """Read the bags of one report.

    Raises:
        ReportError: if it cannot be used.
    """
    data = _read_json(file)
    with reading(f'{file} is no report of an evaluation', ReportError):
        return list(_bags_of(file, data))


def _data_files(file: Path, depth: int) -> Iterator[tuple[Path, dict[str, Any]]]:
    """Yield a JSON file, and those of an overview, with their contents."""
    data = _read_json(file)
    yield file, data
    if data.get('kind') != OVERVIEW:
        return
    if not depth:
        raise ReportError(f'{file} names itself: merge the reports that it was made of')
    with reading(f'{file} is no overview of an evaluation', ReportError):
        named = dict.fromkeys(bag['report'] for bag in data['bags'])
        for name in named:
            yield from _data_files(file.parent / name, depth - 1)


def _read_json(file: Path) -> dict[str, Any]:
    if not file.is_file():
        raise FileNotFoundError(
            f'{file}: no such file; expected the output folder of an evaluation'
        )
    with reading(f'{file} is no report of an evaluation', ReportError):
        data = json.loads(file.read_text(encoding='utf-8'))
        if not isinstance(data, dict) or data.get('format') != FORMAT:
            raise ReportError(f'{file}: expected a report of format {FORMAT}')
        return data


def _bags_of(file: Path, data: Mapping[str, Any]) -> Iterator[BagReport]:
    configurations = {
        c['name']: {
            'model': c['model'],
            'runtime': c['runtime'],
            # The hash of the weights is a part of the model's name.
            'parameters': {n: v for n, v in c['parameters'].items() if n != 'weights'},
        }
        for c in data['configurations']
    }
    for recording in data['recordings']:
        runs = [
            _run_of(file, run) for run in data['runs'] if run['recording'] == recording['name']
        ]
        yield BagReport(
            recording['path'],
            file,
            recording['images'],
            recording['last_stamp'] - recording['first_stamp'],
            tuple(recording['notes']),
            configurations,
            runs,
        )


def _run_of(file: Path, run: Mapping[str, Any]) -> BagRun:
    metrics = processed = None
    if run['metrics'] is not None:
        if run.get('sums') is None:
            raise ReportError(
                f'{file} is of a version that did not store what merging needs: evaluate again'
            )
        metrics = processed = metrics_from(run['sums']['metrics'])
        if run['sums']['metrics_of_processed'] is not None:
            processed = metrics_from(run['sums']['metrics_of_processed'])
    return BagRun(
        run['configuration'],
        Mode(run['rate'], run['filled_seconds'], run.get('refined', False)),
        run['images'],
        run['dropped'],
        run['tracks'],
        metrics,
        processed,
        tuple(run['notes']),
    )


def group_bags(reports: Sequence[BagReport]) -> list[Group]:
    """Combine the results of all bags by configuration and mode, in the order of the bags."""
    found: dict[tuple[str, Mode], list[BagRun]] = {}
    for report in reports:
        for run in report.runs:
            found.setdefault((run.configuration, run.mode), []).append(run)
    return [
        Group(
            name,
            mode,
            sum(run.images for run in runs),
            sum(run.dropped for run in runs),
            sum(run.tracks for run in runs),
            _total(run.metrics for run in runs),
            _total(run.processed_metrics for run in runs),
            None,
        )
        for (name, mode), runs in found.items()
    ]


def _total(metrics: Iterator[Metrics | None]) -> Metrics | None:
    known = [m for m in metrics if m is not None]
    return reduce(add, known) if known else None


def check_same_configurations(reports: Sequence[BagReport]) -> list[str]:
    """Return notes on bags whose networks ran with other libraries.

    Raises:
        ReportError: if two reports mean different things by one name of a configuration.
    """
    first: dict[str, tuple[BagReport, Mapping[str, Any]]] = {}
    notes: dict[str, None] = {}
    for report in reports:
        for name, values in report.configurations.items():
            known, expected = first.setdefault(name, (report, values))
            for field in ('model', 'parameters'):
                if values[field] != expected[field]:
                    raise ReportError(
                        f'the configuration {name} of {report.file} has another {field} than that '
                        f'of {known.file}: give one of them another name and evaluate it again'
                    )
            if values['runtime'] != expected['runtime']:
                notes[
                    f'{name} ran with {expected["runtime"]} and with {values["runtime"]}: the '
                    'last digits of results may depend on it'
                ] = None
    return list(notes)
