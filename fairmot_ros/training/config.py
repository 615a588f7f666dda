"""What to train, on what and how: read from a YAML file."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

import yaml

from fairmot_ros.training.composer import ComposerOptions


@dataclass(frozen=True)
class SetConfig:
    """One folder of training pictures.

    Attributes:
        folder: relative to the data folder.
        include: patterns of file names to take.
        aspect_range: factors by which to widen squeezed pictures.
        cut_outs: the set has masks and is used for pasting.
        weight: how often its pictures are drawn, relative to its size.
    """

    folder: str
    include: tuple[str, ...] = ('*',)
    aspect_range: tuple[float, float] = (1.0, 1.0)
    cut_outs: bool = False
    weight: float = 1.0


@dataclass(frozen=True)
class TrainingConfig:
    """A training run.

    Attributes:
        name: of the model, written into its card and its file.
        architecture: see `fairmot_ros.network.create_network`.
        network: further options of the architecture.
        reid_dim: embedding size.
        sets: training data.
        composer: how scenes are made.
        steps: optimiser steps in all.
        batch_size: scenes per step.
        learning_rate: of Adam.
        warmup_steps: steps over which the rate rises.
        decay_share: last share of the steps, over which the rate falls to zero.
        ema_decay: of the running average of the weights, which is what is saved.
        loss: options of FairMOTLoss.
        max_objects: people per scene at most.
        workers: processes that make scenes.
        seed: of everything random.
        input_size: (width, height) recommended for detection, saved with the weights.
    """

    name: str
    architecture: str
    sets: tuple[SetConfig, ...]
    network: dict[str, int] = field(default_factory=dict)
    reid_dim: int = 64
    composer: ComposerOptions = field(default_factory=ComposerOptions)
    steps: int = 10_000
    batch_size: int = 16
    learning_rate: float = 1e-3
    warmup_steps: int = 200
    decay_share: float = 0.3
    ema_decay: float = 0.998
    loss: dict[str, Any] = field(default_factory=dict)
    max_objects: int = 64
    workers: int = 1
    seed: int = 1
    input_size: tuple[int, int] = (640, 480)


class ConfigError(ValueError):
    """A training file that cannot be used; the message says where and why."""


def read_config(path: str | Path) -> TrainingConfig:
    """Read a YAML file.

    Raises:
        ConfigError: if the file is missing, is no YAML or names something unknown.
    """
    path = Path(path)
    try:
        content = yaml.safe_load(path.read_text())
    except OSError as error:
        raise ConfigError(f'cannot read the training file {path}: {error.strerror}') from error
    except yaml.YAMLError as error:
        raise ConfigError(f'{path} is not valid YAML: {error}') from error
    if not isinstance(content, dict):
        raise ConfigError(f'{path} must hold a mapping of names to values')
    try:
        content['sets'] = tuple(_build(SetConfig, s, path) for s in content.get('sets', ()))
        if 'composer' in content:
            content['composer'] = _build(ComposerOptions, content['composer'], path)
        return _build(TrainingConfig, content, path)
    except TypeError as error:
        raise ConfigError(f'{path}: {error}') from error


def _build(cls: type, values: dict[str, Any], path: Path) -> Any:
    known = {f.name for f in fields(cls)}
    unknown = sorted(set(values) - known)
    if unknown:
        raise ConfigError(
            f'{path}: unknown setting {", ".join(unknown)}; expected {", ".join(sorted(known))}'
        )
    return cls(**{k: tuple(v) if isinstance(v, list) else v for k, v in values.items()})
