# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Plan of an ablation study: variants, seeds and scoring, read from a YAML file."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from fairmot_ros.files.errors import reading
from fairmot_ros.training.config import (
    ConfigError,
    DatasetConfig,
    TrainingConfig,
    build_section,
    parse_config,
    read_mapping,
)
from fairmot_ros.training.engine.factory import make_loss, make_network


@dataclass(frozen=True)
class Scoring:
    """Datasets for scoring, at the input size of the training.

    Attributes:
        detection: dataset for average precision at IoU 0.5.
        embedding: dataset with identities, for retrieval and verification.
        margin: grey margin around the images of `embedding`, as a share of their size.
        max_people: maximum number of boxes of `embedding`.
    """

    detection: DatasetConfig
    embedding: DatasetConfig
    margin: float = 0.0
    max_people: int = 2000


@dataclass(frozen=True)
class Variant:
    """A variant of the configuration.

    Attributes:
        study: name of the study, such as `stride`.
        name: name of the variant within the study, such as `8`.
        settings: content of a training file.
    """

    study: str
    name: str
    settings: dict[str, Any]

    @property
    def key(self) -> str:
        """Hash of the settings: the name of the folder, shared by equal variants."""
        text = json.dumps(self.settings, sort_keys=True, default=str)
        return hashlib.sha256(text.encode()).hexdigest()[:10]

    def config(self, seed: int, origin: str) -> TrainingConfig:
        """Return the configuration of this variant with a seed.

        Args:
            seed: seed of the run.
            origin: name of the file; error messages begin with it.
        """
        name = f'{self.study} {self.name}, seed {seed}'
        return parse_config({**self.settings, 'name': name, 'seed': seed}, origin)


@dataclass(frozen=True)
class AblationPlan:
    """Variants, seeds and scoring of an ablation study.

    Attributes:
        origin: name of the file.
        variants: all variants of all studies.
        seeds: seeds that each variant is trained with.
        scoring: datasets for scoring.
    """

    origin: str
    variants: tuple[Variant, ...]
    seeds: tuple[int, ...]
    scoring: Scoring

    def runs(self) -> Iterator[tuple[Variant, int]]:
        """Yield each run once, ordered by seed; equal variants are trained once."""
        for seed in self.seeds:
            seen = set()
            for variant in self.variants:
                if variant.key not in seen:
                    seen.add(variant.key)
                    yield variant, seed


def read_plan(path: Path) -> AblationPlan:
    """Read a YAML file with `base`, `studies`, `seeds` and `scoring`.

    Raises:
        ConfigError: if the file is missing, or a setting or variant is invalid.
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
        for study, variants_of_study in content['studies'].items()
        for name, changes in variants_of_study.items()
    )
    scoring = dict(content['scoring'])
    for name in ('detection', 'embedding'):
        scoring[name] = build_section(DatasetConfig, scoring.get(name, {}), f'{origin}, {name}')
    plan = AblationPlan(
        origin, variants, tuple(content['seeds']), build_section(Scoring, scoring, origin)
    )
    for variant, seed in plan.runs():
        config = variant.config(seed, origin)
        try:
            with torch.device('meta'):  # checks the settings without allocating memory
                make_network(config)
                make_loss(config, num_identities=2)
        except ConfigError as error:
            raise ConfigError(f'{origin}: {error}') from error
    return plan


def merge(base: Any, changes: Any) -> dict[str, Any]:
    """Return a copy of `base` updated with `changes`; nested mappings are merged."""
    merged = dict(base)
    for name, value in changes.items():
        old = merged.get(name)
        both = isinstance(value, dict) and isinstance(old, dict)
        merged[name] = merge(old, value) if both else value
    return merged
