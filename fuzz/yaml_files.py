# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""YAML files: training files, ablation plans and configurations for evaluation."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import yaml
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from fairmot_ros.cli.evaluation_arguments import node_parameters
from fairmot_ros.evaluation.runs.configuration import ConfigurationError, read_configuration
from fairmot_ros.training.ablation.plan import read_plan
from fairmot_ros.training.config import ConfigError, read_config
from fuzz.mutations import altered, damaged
from fuzz.target import file_target

TRAINING = {
    'name': 'small',
    'architecture': 'yolo',
    'network': {'stem_channels': 8},
    'reid_dim': 8,
    'labels': ['person'],
    'sets': [{'folder': 'indoor', 'include': ['*.jpg'], 'reduce': 2, 'weight': 2.0}],
    'composer': {'width': 320, 'person_height': [26, 180]},
    'canvas': {'bank': 'people', 'small': [34, 140]},
    'augmentation': {'scale': [0.5, 1.2]},
    'steps': 10,
    'decay_epochs': [20],
    'clip_gradient': None,
    'freeze': ['backbone'],
    'rate_factors': {'head': 0.1},
    'input_size': [64, 64],
    'loss': {'weighting': 'fixed'},
}
ABLATION = {
    'base': {'architecture': 'yolo', 'reid_dim': 8, 'sets': [{'folder': 'indoor'}]},
    'studies': {'stride': {'2': {'network': {'stride': 2}}, '4': {}}},
    'seeds': [1],
    'scoring': {'detection': {'folder': 'indoor'}, 'embedding': {'folder': 'people'}},
}
EVALUATION = {
    'score_threshold': 0.4,
    'association': 'default',
    'input_size': [320, 192],
    'weights': 'default',
    'class_thresholds': [0.4],
    'use_appearance': True,
    'lost_timeout': 2.0,
    'max_lost': 2.0,
}
NODE = {'/fairmot': {'ros__parameters': EVALUATION}}


def as_yaml(value: Any) -> bytes:
    """Return a value as YAML."""
    return yaml.safe_dump(value, allow_unicode=True).encode()


def yaml_of(*contents: dict[str, Any]) -> SearchStrategy[bytes]:
    """Return the strategy for altered and damaged files of the given contents."""
    return st.one_of(
        *(
            strategy
            for content in contents
            for strategy in (altered(content).map(as_yaml), damaged(as_yaml(content)))
        )
    )


def check_configuration(path: Path) -> None:
    """Read a configuration as `fairmot-evaluate` does."""
    read_configuration(path, node_parameters())


def _inputs(*contents: dict[str, Any]) -> Callable[[], SearchStrategy[bytes]]:
    return partial(yaml_of, *contents)


TARGETS = (
    file_target('training YAML', ConfigError, _inputs(TRAINING), read_config, 'train.yaml'),
    file_target('ablation YAML', ConfigError, _inputs(ABLATION), read_plan, 'ablation.yaml'),
    file_target(
        'evaluation YAML',
        ConfigurationError,
        _inputs(EVALUATION, NODE),
        check_configuration,
        'tracker.yaml',
    ),
)
