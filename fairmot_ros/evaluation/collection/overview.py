# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Overview of many evaluated bags: one JSON file and one page."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import fairmot_ros
from fairmot_ros.evaluation.collection.bag_reports import (
    OVERVIEW,
    BagReport,
    FailedBag,
    check_same_configurations,
    group_bags,
)
from fairmot_ros.evaluation.collection.overview_page import overview_page
from fairmot_ros.evaluation.report.files import DATA, PAGE
from fairmot_ros.evaluation.report.summary import FORMAT, group_data, metrics_data, outcome_data
from fairmot_ros.evaluation.runs.limits import Limit, Outcome
from fairmot_ros.evaluation.runs.plan import PlanError
from fairmot_ros.evaluation.runs.results import Group, check_limits
from fairmot_ros.files.writing import write_text, writing
from fairmot_ros.jobs.names import distinct_names


@dataclass(frozen=True, eq=False)
class Overview:
    """Results of many bags.

    Attributes:
        reports: reports of the evaluated bags.
        failed: bags that were passed over.
        names: names of the evaluated bags in tables, which differ.
        groups: results combined by configuration and mode.
        outcomes: results of the limit checks.
        notes: remarks for the user.
    """

    reports: Sequence[BagReport]
    failed: Sequence[FailedBag]
    names: Sequence[str]
    groups: Sequence[Group]
    outcomes: Sequence[Outcome]
    notes: Sequence[str] = field(default=())

    @property
    def kept(self) -> bool:
        """Whether every limit was kept."""
        return all(outcome.kept for outcome in self.outcomes)

    @property
    def configurations(self) -> Mapping[str, Mapping[str, Any]]:
        """Model, library and parameters of each configuration, of the first bag that has it."""
        found: dict[str, Mapping[str, Any]] = {}
        for report in self.reports:
            for name, values in report.configurations.items():
                found.setdefault(name, values)
        return found


def make_overview(
    reports: Sequence[BagReport],
    failed: Sequence[FailedBag],
    limits: Sequence[Limit] = (),
    notes: Sequence[str] = (),
) -> Overview:
    """Combine the results of bags.

    Raises:
        ReportError: if the bags were evaluated with different configurations of one name.
        PlanError: if a limit is on a value that was not measured.
    """
    groups = group_bags(reports)
    if limits and not groups:
        raise PlanError('no bag could be evaluated, so no limit can be checked')
    return Overview(
        reports,
        failed,
        distinct_names([Path(report.path) for report in reports]),
        groups,
        check_limits(limits, groups),
        [*notes, *check_same_configurations(reports)],
    )


def write_overview(overview: Overview, folder: Path) -> list[Path]:
    """Write `report.json` and `report.html`, which link to the reports of the bags.

    Returns:
        The two paths.

    Raises:
        WriteError: if a file cannot be written.
    """
    with writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
    write_text(folder / DATA, json.dumps(_as_data(overview, folder), indent=1) + '\n')
    write_text(folder / PAGE, overview_page(overview, folder))
    return [folder / DATA, folder / PAGE]


def _as_data(overview: Overview, folder: Path) -> dict[str, Any]:
    return {
        'format': FORMAT,
        'kind': OVERVIEW,
        'fairmot_ros': fairmot_ros.__version__,
        'configurations': [
            {'name': name, **values} for name, values in overview.configurations.items()
        ],
        'combined': [group_data(group) for group in overview.groups],
        'bags': [
            {
                'name': name,
                'path': report.path,
                'report': os.path.relpath(report.file, folder),
                'images': report.images,
                'seconds': round(report.seconds, 3),
                'notes': list(report.notes),
                'runs': [
                    {
                        'configuration': run.configuration,
                        'mode': run.mode.name,
                        'images': run.images,
                        'dropped': run.dropped,
                        'tracks': run.tracks,
                        'metrics': metrics_data(run.metrics),
                        'notes': list(run.notes),
                    }
                    for run in report.runs
                ],
            }
            for name, report in zip(overview.names, overview.reports)
        ],
        'failed': [{'path': bag.path, 'reason': bag.reason} for bag in overview.failed],
        'notes': list(overview.notes),
        'limits': [outcome_data(outcome) for outcome in overview.outcomes],
    }
