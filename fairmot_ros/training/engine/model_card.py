# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""The model card: a Markdown description of the weights and their training."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from fairmot_ros.files.writing import write_text
from fairmot_ros.network.base import Network
from fairmot_ros.training.config import TrainingConfig
from fairmot_ros.training.data.dataset_mix import DatasetSummary


@dataclass(frozen=True)
class Progress:
    """Progress of a run.

    Attributes:
        step: number of steps done.
        steps: total number of steps.
        epoch: number of complete epochs, or None for streams without epochs.
        terms: last logged mean of each loss term.
        seconds: training time so far, including that before the run was resumed.
        hardware: description of the devices.
        problems: number of faulty labels and images that were skipped.
    """

    step: int
    steps: int
    epoch: int | None
    terms: dict[str, float]
    seconds: float
    hardware: str
    problems: int


def write_card(
    path: Path,
    config: TrainingConfig,
    network: Network,
    summaries: list[DatasetSummary],
    progress: Progress,
) -> None:
    """Write the model card.

    Args:
        path: file to write.
        config: configuration of the run.
        network: trained network.
        summaries: training datasets.
        progress: progress of the run.
    """
    parameters = sum(p.numel() for p in network.parameters())
    kind = 'composed samples' if config.composer else 'whole images'
    kind = 'canvases of people' if config.canvas else kind
    done = f'{progress.step} of {progress.steps} steps of {config.batch_size} {kind}'
    if progress.epoch is not None:
        done += f' ({progress.epoch} of {config.epochs} epochs)'
    facts = {
        'architecture': f'`{config.architecture}`'
        + ''.join(f', {name} {value}' for name, value in config.network.items()),
        'parameters': f'{parameters:,}',
        'classes': ', '.join(config.labels),
        'embedding': f'{config.reid_dim} numbers',
        'stride': str(network.stride),
        'input': '{} x {}'.format(*config.input_size),
        'started from': f'`{config.weights}`' if config.weights else 'random weights',
        'frozen': ', '.join(f'`{name}`' for name in config.freeze) or 'nothing',
        'trained': done,
        'optimiser': f'Adam, learning rate {config.learning_rate:g}, seed {config.seed}, '
        f'{config.precision}',
        'loss': ', '.join(f'{k} {v}' for k, v in config.loss.items()) or 'defaults',
        'time': f'{progress.seconds / 60:.0f} minutes on {progress.hardware}',
        'last losses': ', '.join(f'{k} {v:.3f}' for k, v in progress.terms.items()) or '-',
        'skipped': f'{progress.problems} faulty labels and images, see `problems.txt`'
        if progress.problems
        else 'nothing',
    }
    lines = [f'# {config.name}', '', '| | |', '|---|---|']
    lines += [f'| {name} | {value} |' for name, value in facts.items()]
    lines += ['', '## Trained on', '']
    lines += ['| set | images | boxes | identities |', '|---|---|---|---|']
    lines += [f'| {s.folder} | {s.images} | {s.boxes} | {s.identities} |' for s in summaries]
    lines += [
        '',
        '## To be filled in before publication',
        '',
        'Licences of the datasets, evaluation data and results (`fairmot-score`), and the limits '
        'of the intended use. Embeddings of people are biometric data.',
    ]
    write_text(path, '\n'.join(lines) + '\n')
