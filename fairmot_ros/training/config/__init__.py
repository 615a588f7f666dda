# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Configuration of training: datasets, composed samples, canvases, augmentation, the run."""

from fairmot_ros.training.config.augmentation import AugmentationOptions
from fairmot_ros.training.config.canvas import CanvasOptions
from fairmot_ros.training.config.composer import ComposerOptions
from fairmot_ros.training.config.dataset import (
    HALVES,
    IDENTITIES,
    PERSON,
    DatasetConfig,
    read_names,
)
from fairmot_ros.training.config.errors import ConfigError
from fairmot_ros.training.config.reading import (
    build_section,
    parse_config,
    read_config,
    read_mapping,
)
from fairmot_ros.training.config.training import TrainingConfig

__all__ = [
    'HALVES',
    'IDENTITIES',
    'PERSON',
    'AugmentationOptions',
    'CanvasOptions',
    'ComposerOptions',
    'ConfigError',
    'DatasetConfig',
    'TrainingConfig',
    'build_section',
    'parse_config',
    'read_config',
    'read_mapping',
    'read_names',
]
