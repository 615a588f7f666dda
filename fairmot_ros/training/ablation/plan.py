"""Which variants are compared, how each is trained and how it is scored."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from fairmot_ros.file_errors import reading
from fairmot_ros.training.config import (
    ConfigError,
    SetConfig,
    TrainingConfig,
    build_section,
    parse_config,
    read_mapping,
)
from fairmot_ros.training.engine.factory import make_loss, make_network


@dataclass(frozen=True)
class Scoring:
    """What the trained networks are measured on, at the size they were trained at.

    Attributes:
        detection: set for AP at IoU 0.5.
        embedding: set with identities for retrieval and verification.
        margin: grey around the pictures of `embedding`, as a share of their size.
        max_people: pictures of people of `embedding` at most.
    """

    detection: SetConfig
    embedding: SetConfig
    margin: float = 0.0
    max_people: int = 2000


@dataclass(frozen=True)
class Variant:
    """One way to train.

    Attributes:
        study: the question that it is an answer to.
        name: the answer.
        settings: a training file's content.
    """

    study: str
    name: str
    settings: dict[str, Any]

    @property
    def key(self) -> str:
        """Name of its folder: the same for variants with the same settings."""
        text = json.dumps(self.settings, sort_keys=True, default=str)
        return hashlib.sha256(text.encode()).hexdigest()[:10]

    def config(self, seed: int, origin: str) -> TrainingConfig:
        """Return the training of this variant with a seed."""
        name = f'{self.study} {self.name}, seed {seed}'
        return parse_config({**self.settings, 'name': name, 'seed': seed}, origin)


@dataclass(frozen=True)
class AblationPlan:
    """All variants, the seeds of each, and the scoring."""

    origin: str
    variants: tuple[Variant, ...]
    seeds: tuple[int, ...]
    scoring: Scoring

    def runs(self) -> Iterator[tuple[Variant, int]]:
        """Yield each training once, all variants with the first seed first."""
        for seed in self.seeds:
            seen = set()
            for variant in self.variants:
                if variant.key not in seen:
                    seen.add(variant.key)
                    yield variant, seed


def read_plan(path: Path) -> AblationPlan:
    """Read a YAML file with `base`, `studies`, `seeds` and `scoring`.

    Raises:
        ConfigError: if it is missing, or something in it is unknown.
    """
    with reading(f'{path} is not a plan of ablations', ConfigError):
        return _make_plan(read_mapping(path), str(path))


def _make_plan(content: dict[str, Any], origin: str) -> AblationPlan:
    expected = {'base', 'studies', 'seeds', 'scoring'}
    if set(content) != expected:
        raise ConfigError(
            f'{origin}: expected {", ".join(sorted(expected))}, '
            f'got {", ".join(sorted(map(str, content)))}'
        )
    variants = tuple(
        Variant(study, str(name), merge(content['base'], changes or {}))
        for study, answers in content['studies'].items()
        for name, changes in answers.items()
    )
    scoring = dict(content['scoring'])
    for half in ('detection', 'embedding'):
        scoring[half] = build_section(SetConfig, scoring.get(half, {}), f'{origin}, {half}')
    plan = AblationPlan(
        origin, variants, tuple(content['seeds']), build_section(Scoring, scoring, origin)
    )
    for variant, seed in plan.runs():
        config = variant.config(seed, origin)
        try:
            with torch.device('meta'):  # tells what is wrong before hours have passed, at no cost
                make_network(config)
                make_loss(config, num_identities=2)
        except ConfigError as error:
            raise ConfigError(f'{origin}: {error}') from error
    return plan


def merge(base: Any, changes: Any) -> dict[str, Any]:
    """Return `base` with `changes`, mappings in it changed in turn."""
    merged = dict(base)
    for name, value in changes.items():
        old = merged.get(name)
        both = isinstance(value, dict) and isinstance(old, dict)
        merged[name] = merge(old, value) if both else value
    return merged
