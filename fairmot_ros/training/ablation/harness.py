# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Training and scoring of all variants of an ablation study, resumable and parallel."""

from __future__ import annotations

import contextlib
import fcntl
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tqdm import tqdm

from fairmot_ros.files.writing import write_text
from fairmot_ros.network import load_checkpoint
from fairmot_ros.training.ablation.plan import AblationPlan, Variant
from fairmot_ros.training.ablation.report import Row, write_report
from fairmot_ros.training.config import TrainingConfig
from fairmot_ros.training.data.problems import Problems
from fairmot_ros.training.data.readers import read_dataset
from fairmot_ros.training.engine.trainer import Trainer
from fairmot_ros.training.scoring import score_detection, score_embedding
from fairmot_ros.training.scoring.detection import make_detector

SAVE_EVERY = 50  # steps; networks of ablation studies are small and quickly saved

Result = dict[str, Any]


def run_ablation(plan: AblationPlan, data: Path, output: Path, device: str = 'auto') -> list[Row]:
    """Train and score the runs that are not finished; update the report after each.

    Several processes may work on the same output: each run is done by one of them. Interrupted
    runs resume.

    Args:
        plan: plan of the study, see `read_plan`.
        data: folder that contains the datasets.
        output: folder of the report, with a subfolder for each run.
        device: 'auto', 'cpu' or 'cuda'.

    Returns:
        The rows of the table.
    """
    for variant, seed in tqdm(list(plan.runs()), desc='ablation', unit='training'):
        with claim(run_folder(output, variant, seed)) as claimed:
            if claimed and load_result(output, variant, seed) is None:
                train_and_score(plan, variant, seed, data, output, device)
                write_report(plan, collect(plan, output), output)
    rows = collect(plan, output)
    write_report(plan, rows, output)
    return rows


@contextlib.contextmanager
def claim(folder: Path) -> Iterator[bool]:
    """Lock a folder for this process; yield False if another process holds the lock."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / 'lock').open('w') as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True


def train_and_score(
    plan: AblationPlan, variant: Variant, seed: int, data: Path, output: Path, device: str
) -> Result:
    """Train one variant with one seed; write `score.json` beside the weights and return it."""
    folder = run_folder(output, variant, seed)
    config = variant.config(seed, plan.origin)
    trainer = Trainer(config, data, folder, device)
    weights = trainer.run(SAVE_EVERY)
    result = {
        'study': variant.study,
        'variant': variant.name,
        'seed': seed,
        'settings': variant.settings,
        'training_pictures': sum(summary.images for summary in trainer.mix.summaries),
        'training_minutes': trainer.seconds / 60,
        'parameters': sum(p.numel() for p in trainer.network.parameters()),
        **score(plan, config, weights, data, device),
    }
    write_text(folder / 'score.json', json.dumps(result, indent=1) + '\n')
    (folder / 'state.pt').unlink()  # large, and only needed to resume
    return result


def score(
    plan: AblationPlan, config: TrainingConfig, weights: Path, data: Path, device: str
) -> Result:
    """Return the scores of detection and embedding."""
    scoring = plan.scoring
    detection = score_detection(
        make_detector(str(weights), config.input_size, device),
        read_dataset(data, scoring.detection, Problems()),
    )
    embedding = score_embedding(
        load_checkpoint(weights),
        read_dataset(data, scoring.embedding, Problems()),
        config.input_size,
        device=device,
        margin=scoring.margin,
        max_people=scoring.max_people,
    )
    return {'detection': detection, 'embedding': embedding}


def run_folder(output: Path, variant: Variant, seed: int) -> Path:
    """Return the folder of the run of a variant with a seed."""
    return output / variant.key / f'seed{seed}'


def load_result(output: Path, variant: Variant, seed: int) -> Result | None:
    """Return the scores of a run, or None if it is not finished."""
    path = run_folder(output, variant, seed) / 'score.json'
    result: Result | None = json.loads(path.read_text()) if path.is_file() else None
    return result


def collect(plan: AblationPlan, output: Path) -> list[Row]:
    """Return a row for each variant with at least one finished run."""
    rows = []
    for variant in plan.variants:
        results = [load_result(output, variant, seed) for seed in plan.seeds]
        finished = [result for result in results if result is not None]
        if finished:
            rows.append(Row(variant.study, variant.name, finished))
    return rows
