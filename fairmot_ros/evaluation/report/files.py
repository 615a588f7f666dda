"""The files of an evaluation: page, JSON, and the tracks of every run."""

from __future__ import annotations

import json
from pathlib import Path

from fairmot_ros.evaluation.mot_format import write_mot
from fairmot_ros.evaluation.report.page import write_page
from fairmot_ros.evaluation.report.summary import summarise
from fairmot_ros.evaluation.results import Evaluation

PAGE, DATA, RESULTS = 'report.html', 'report.json', 'results'


def write_report(evaluation: Evaluation, folder: Path) -> list[Path]:
    """Write `report.html`, `report.json`, and the tracks as MOTChallenge text in `results/`.

    Args:
        evaluation: what to write.
        folder: made if it is missing.

    Returns:
        The paths of the three.

    Raises:
        BagError: if an image for the page cannot be read from a bag.
    """
    (folder / RESULTS).mkdir(parents=True, exist_ok=True)
    for scored in evaluation.scored_runs:
        run = scored.run
        name = f'{run.recording.name}.{run.configuration}.{run.mode.slug}.txt'
        write_mot(folder / RESULTS / name, run.rows)
    text = json.dumps(summarise(evaluation), indent=1)
    (folder / DATA).write_text(f'{text}\n', encoding='utf-8')
    write_page(folder / PAGE, evaluation)
    return [folder / name for name in (PAGE, DATA, RESULTS)]
