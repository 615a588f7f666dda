"""The files of an evaluation: page, JSON, and the tracks of every run."""

from __future__ import annotations

import json
from pathlib import Path

from fairmot_ros.evaluation.mot.text_format import write_mot
from fairmot_ros.evaluation.report.page import write_page
from fairmot_ros.evaluation.report.summary import summarise
from fairmot_ros.evaluation.runs.results import Evaluation
from fairmot_ros.evaluation.runs.run_scores import Run
from fairmot_ros.written_files import write_text, writing

PAGE, DATA, RESULTS = 'report.html', 'report.json', 'results'


def write_report(evaluation: Evaluation, folder: Path) -> list[Path]:
    """Write `report.html`, `report.json`, and the tracks as MOTChallenge text in `results/`.

    Args:
        evaluation: what to write.
        folder: made if it is missing.

    Returns:
        The paths of the three.

    Raises:
        BagError: if the page's images cannot be read from a bag.
        WriteError: if a file cannot be written; what was written before is complete.
    """
    for scored in evaluation.scored_runs:
        write_tracks(scored.run, folder)
    text = json.dumps(summarise(evaluation), indent=1)
    write_text(folder / DATA, f'{text}\n')
    write_page(folder / PAGE, evaluation)
    return [folder / name for name in (PAGE, DATA, RESULTS)]


def write_tracks(run: Run, folder: Path) -> Path:
    """Write the tracks of one run below the folder of a report; returns the path of the file.

    Raises:
        WriteError: if it cannot be written.
    """
    path = folder / RESULTS / f'{run.name}.txt'
    with writing(path):
        path.parent.mkdir(parents=True, exist_ok=True)
    write_mot(path, run.rows)
    return path
