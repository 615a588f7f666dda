# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Merging of the reports of separate evaluations into one overview."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from fairmot_ros.evaluation.collection.bag_reports import BagReport, FailedBag, read_reports


@dataclass(frozen=True, eq=False)
class Merged:
    """Bags of several evaluations.

    Attributes:
        reports: reports of the bags.
        failed: bags that none of the evaluations could use.
        notes: remarks for the user.
    """

    reports: Sequence[BagReport]
    failed: Sequence[FailedBag]
    notes: Sequence[str]


def merge(folders: Sequence[Path]) -> Merged:
    """Read the reports of several output folders.

    A bag whose report is in two of them to the byte counts once.

    Raises:
        FileNotFoundError: if a folder has no report.
        ReportError: if a report cannot be used.
    """
    reports: list[BagReport] = []
    failed: list[FailedBag] = []
    seen: set[tuple[str, str]] = set()
    repeated = 0
    for folder in folders:
        found, passed_over = read_reports(folder)
        failed += passed_over
        for report in found:
            key = report.path, hashlib.sha256(report.file.read_bytes()).hexdigest()
            if key in seen:
                repeated += 1
                continue
            seen.add(key)
            reports.append(report)
    notes = []
    if repeated:
        notes.append(f'{repeated} bags are in several reports with equal results and count once')
    evaluated = [report.path for report in reports]
    twice = sorted({path for path in evaluated if evaluated.count(path) > 1})
    if twice:
        notes.append(
            f'{len(twice)} bags have several reports with different results, which all count; the '
            f'first is {twice[0]}'
        )
    known = set(evaluated)
    failed = [bag for bag in dict.fromkeys(failed) if bag.path not in known]
    return Merged(reports, failed, notes)
