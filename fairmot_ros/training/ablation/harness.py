"""Training and scoring of all variants, one after the other; what is done is kept."""

from __future__ import annotations

import contextlib
import fcntl
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tqdm import tqdm

from fairmot_ros.network import load_checkpoint
from fairmot_ros.training.ablation.plan import AblationPlan, Variant
from fairmot_ros.training.ablation.report import Row, write_report
from fairmot_ros.training.config import TrainingConfig
from fairmot_ros.training.data.data_problems import Problems
from fairmot_ros.training.data.readers import read_set
from fairmot_ros.training.engine.trainer import Trainer
from fairmot_ros.training.scoring import score_detection, score_embedding
from fairmot_ros.training.scoring.detection import make_detector
from fairmot_ros.written_files import write_text

SAVE_EVERY = 50  # steps: networks of ablations tend to be small, and quickly saved

Result = dict[str, Any]


def run_ablation(plan: AblationPlan, data: Path, output: Path, device: str = 'auto') -> list[Row]:
    """Train and score what is not yet; the table is written anew after each.

    Several processes may do so at once: each takes what no other is at.

    Args:
        plan: see `read_plan`.
        data: folder that holds the sets.
        output: folder of the table; below it, one folder for each training. A training that
            was cut short goes on.
        device: 'auto', 'cpu' or 'cuda'.

    Returns:
        The rows of the table.
    """
    for variant, seed in tqdm(list(plan.runs()), desc='ablation', unit='training'):
        with claim(run_folder(output, variant, seed)) as mine:
            if mine and load_result(output, variant, seed) is None:
                train_and_score(plan, variant, seed, data, output, device)
                write_report(plan, collect(plan, output), output)
    rows = collect(plan, output)
    write_report(plan, rows, output)
    return rows


@contextlib.contextmanager
def claim(folder: Path) -> Iterator[bool]:
    """Yield whether the folder is this process's; nobody else's until then, or until it dies."""
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
    """Train one variant with one seed and write `score.json` beside its weights."""
    folder = run_folder(output, variant, seed)
    config = variant.config(seed, plan.origin)
    trainer = Trainer(config, data, folder, device)
    weights = trainer.run(SAVE_EVERY)
    pictures = sum(summary.pictures for summary in trainer.mix.summaries)
    result = {
        'study': variant.study,
        'variant': variant.name,
        'seed': seed,
        'settings': variant.settings,
        'training_pictures': pictures,
        'training_minutes': trainer.seconds / 60,
        'parameters': sum(p.numel() for p in trainer.network.parameters()),
        **score(plan, config, weights, data, device),
    }
    write_text(folder / 'score.json', json.dumps(result, indent=1) + '\n')
    (folder / 'state.pt').unlink()  # only needed to go on, and much larger than the rest
    return result


def score(
    plan: AblationPlan, config: TrainingConfig, weights: Path, data: Path, device: str
) -> Result:
    """Return the scores of both halves."""
    scoring = plan.scoring
    detection = score_detection(
        make_detector(str(weights), config.input_size, device),
        read_set(data, scoring.detection, Problems()),
    )
    embedding = score_embedding(
        load_checkpoint(weights),
        read_set(data, scoring.embedding, Problems()),
        config.input_size,
        device=device,
        margin=scoring.margin,
        max_people=scoring.max_people,
    )
    return {'detection': detection, 'embedding': embedding}


def run_folder(output: Path, variant: Variant, seed: int) -> Path:
    """Return the folder of one training."""
    return output / variant.key / f'seed{seed}'


def load_result(output: Path, variant: Variant, seed: int) -> Result | None:
    """Return what a training scored, or None if it is not done."""
    path = run_folder(output, variant, seed) / 'score.json'
    result: Result | None = json.loads(path.read_text()) if path.is_file() else None
    return result


def collect(plan: AblationPlan, output: Path) -> list[Row]:
    """Return a row for each variant of which at least one seed is done."""
    rows = []
    for variant in plan.variants:
        results = [load_result(output, variant, seed) for seed in plan.seeds]
        done = [result for result in results if result is not None]
        if done:
            rows.append(Row(variant.study, variant.name, done))
    return rows
