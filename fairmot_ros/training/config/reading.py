# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Reading of training files (YAML), with settings under their current or former names."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import Any

from fairmot_ros.files.errors import reading
from fairmot_ros.files.yaml_files import read_yaml
from fairmot_ros.settings.former import current_settings
from fairmot_ros.settings.value_types import check_types, shown
from fairmot_ros.training.config.augmentation import AugmentationOptions
from fairmot_ros.training.config.canvas import CanvasOptions
from fairmot_ros.training.config.composer import ComposerOptions
from fairmot_ros.training.config.dataset import PERSON, DatasetConfig
from fairmot_ros.training.config.errors import ConfigError
from fairmot_ros.training.config.training import TrainingConfig


def read_config(path: str | Path) -> TrainingConfig:
    """Read a training file.

    Raises:
        ConfigError: if the file is missing, not valid YAML or has a wrong or unknown setting.
    """
    with reading(f'{path} is not a training file', ConfigError):
        return parse_config(read_mapping(Path(path)), str(path))


def read_mapping(path: Path) -> dict[str, Any]:
    """Read a YAML file that holds a mapping of names to values.

    Raises:
        ConfigError: if the file is missing, not valid YAML or holds something else.
    """
    try:
        content = read_yaml(path)
    except OSError as error:
        raise ConfigError(f'cannot read the training file {path}: {error.strerror}') from error
    except Exception as error:  # YAMLError, RecursionError, UnicodeDecodeError
        raise ConfigError(f'{path} is not valid YAML: {" ".join(str(error).split())}') from error
    if not (isinstance(content, dict) and all(isinstance(name, str) for name in content)):
        raise ConfigError(f'{path} must hold a mapping of names to values')
    return content


def parse_config(content: dict[str, Any], origin: str) -> TrainingConfig:
    """Build the configuration from a mapping.

    Args:
        content: settings by name, as in a training file.
        origin: name of the file; error messages begin with it.

    Raises:
        ConfigError: if a setting is unknown, missing or out of range.
    """
    content = dict(content)
    labels = content.get('labels', PERSON)
    sets = content.get('sets', ())
    if not (isinstance(sets, (list, tuple)) and all(isinstance(entry, dict) for entry in sets)):
        raise ConfigError(f'{origin}: sets must be a list of names with values, got {shown(sets)}')
    content['sets'] = tuple(
        build_section(DatasetConfig, {'names': labels, **entry}, origin) for entry in sets
    )
    if isinstance(content.get('loss'), dict):
        content['loss'] = _with_current_names(content['loss'], origin)
    sections = {
        'composer': ComposerOptions,
        'canvas': CanvasOptions,
        'augmentation': AugmentationOptions,
    }
    for name, section in sections.items():
        if content.get(name) is not None:
            content[name] = build_section(section, content[name], origin)
    config: TrainingConfig = build_section(TrainingConfig, content, origin)
    return config


def build_section(cls: type, values: dict[str, Any], origin: str) -> Any:
    """Build an instance of a dataclass from a mapping; lists become tuples.

    Args:
        cls: dataclass to build.
        values: settings by name; former names are accepted.
        origin: name of the file; error messages begin with it.

    Raises:
        ConfigError: if a setting is unknown or missing, or a value has a wrong type or range.
    """
    if not (isinstance(values, dict) and all(isinstance(name, str) for name in values)):
        raise ConfigError(f'{origin}: expected names with values, got {shown(values)}')
    values = current_settings(values, origin)
    known = {f.name for f in fields(cls)}
    unknown = sorted(map(str, set(values) - known))
    if unknown:
        raise ConfigError(
            f'{origin}: unknown setting {", ".join(unknown)}; expected {", ".join(sorted(known))}'
        )
    try:
        check_types(cls, values)
        return cls(**{k: tuple(v) if isinstance(v, list) else v for k, v in values.items()})
    except (TypeError, ValueError) as error:
        raise ConfigError(f'{origin}: {error}') from error


def _with_current_names(options: dict[str, Any], origin: str) -> dict[str, Any]:
    """Return nested options with former names replaced by the current ones."""
    return {
        name: _with_current_names(value, origin) if isinstance(value, dict) else value
        for name, value in current_settings(options, origin).items()
    }
