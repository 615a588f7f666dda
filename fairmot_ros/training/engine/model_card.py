"""The model card: what a file of weights is and how it came about, written beside it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from fairmot_ros.network.base import Network
from fairmot_ros.training.config import TrainingConfig
from fairmot_ros.training.data.dataset_mix import SetSummary
from fairmot_ros.written_files import write_text


@dataclass(frozen=True)
class Progress:
    """How far a run has come.

    Attributes:
        step, steps: done, and in all.
        epoch: rounds through all pictures that are complete, or None.
        terms: the last line of the log.
        seconds: computed so far, over all its sittings.
        hardware: what it ran on.
        problems: faulty labels and pictures that were left out.
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
    summaries: list[SetSummary],
    progress: Progress,
) -> None:
    """Write the card as Markdown."""
    parameters = sum(p.numel() for p in network.parameters())
    kind = 'composed scenes' if config.composer else 'whole pictures'
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
        'loss': ', '.join(f'{k} {v}' for k, v in config.loss.items()) or 'as published',
        'time': f'{progress.seconds / 60:.0f} minutes on {progress.hardware}',
        'last losses': ', '.join(f'{k} {v:.3f}' for k, v in progress.terms.items()) or '-',
        'left out': f'{progress.problems} faulty labels and pictures, see `problems.txt`'
        if progress.problems
        else 'nothing',
    }
    lines = [f'# {config.name}', '', '| | |', '|---|---|']
    lines += [f'| {name} | {value} |' for name, value in facts.items()]
    lines += ['', '## Trained on', '']
    lines += ['| set | pictures | boxes | identities |', '|---|---|---|---|']
    lines += [f'| {s.folder} | {s.pictures} | {s.boxes} | {s.identities} |' for s in summaries]
    lines += [
        '',
        '## To be filled in by whoever publishes it',
        '',
        'Licences of the sets, what the model was measured on and how it did '
        '(`fairmot-score`), and what it is not fit for. Embeddings of people are biometric data.',
    ]
    write_text(path, '\n'.join(lines) + '\n')
