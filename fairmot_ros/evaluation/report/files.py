# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Files of an evaluation: HTML page, JSON, and the tracks of every run."""

from __future__ import annotations

import json
from pathlib import Path

from fairmot_ros.evaluation.mot.text_format import write_mot
from fairmot_ros.evaluation.report.page import write_page
from fairmot_ros.evaluation.report.summary import summarise
from fairmot_ros.evaluation.runs.results import Evaluation
from fairmot_ros.evaluation.runs.run_scores import Run
from fairmot_ros.files.writing import write_text, writing

PAGE, DATA, RESULTS = 'report.html', 'report.json', 'results'


def write_report(evaluation: Evaluation, folder: Path) -> list[Path]:
    """Write `report.html`, `report.json`, and the tracks as MOTChallenge text in `results/`.

    Args:
        evaluation: the results to write.
        folder: target folder; created if it is missing.

    Returns:
        The three paths.

    Raises:
        BagError: if images for the page cannot be read from a bag.
        WriteError: if a file cannot be written; files written before are complete.
    """
    for scored in evaluation.scored_runs:
        write_tracks(scored.run, folder)
    text = json.dumps(summarise(evaluation), indent=1)
    write_text(folder / DATA, f'{text}\n')
    write_page(folder / PAGE, evaluation)
    return [folder / name for name in (PAGE, DATA, RESULTS)]


def write_tracks(run: Run, folder: Path) -> Path:
    """Write the tracks of one run to the folder of a report; return the path of the file.

    Raises:
        WriteError: if the file cannot be written.
    """
    path = folder / RESULTS / f'{run.name}.txt'
    with writing(path):
        path.parent.mkdir(parents=True, exist_ok=True)
    write_mot(path, run.rows)
    return path
