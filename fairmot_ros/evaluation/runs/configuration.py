# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Configurations to compare: YAML files with parameters of the node."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fairmot_ros.detector.settings import DetectorSettings
from fairmot_ros.files.errors import FileError, reading
from fairmot_ros.files.yaml_files import read_yaml
from fairmot_ros.pipeline.settings import DETECTOR, FRAME_GROUPS_OF_MODEL, FrameSettings
from fairmot_ros.settings.former import current_settings
from fairmot_ros.settings.value_types import shown

#: Groups of the settings that affect the tracks.
GROUPS = (DETECTOR, *FRAME_GROUPS_OF_MODEL)
#: Their flat names.
PIPELINE = tuple(name for group in GROUPS for name in group.settings())
#: Parameters that the evaluation sets itself; values in files are ignored.
SET_BY_EVALUATION = (
    'cameras',
    'autostart',
    'image_transport',
    'image_transports',
    'reliability',
)


class ConfigurationError(FileError):
    """Invalid parameters; the message names the file or the configuration."""


@dataclass(frozen=True)
class Configuration:
    """A named set of parameters.

    Attributes:
        name: name in tables and files.
        parameters: values of the parameters that affect the tracks.
        node: values of further parameters of the node.
    """

    name: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    node: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if unknown := [name for name in self.parameters if name not in PIPELINE]:
            raise ConfigurationError(
                f'configuration {self.name}: unknown parameters: {", ".join(unknown)}'
            )
        try:
            for group in GROUPS:
                group.check(self.parameters)
            self.detector()
            self.frames()
        except ValueError as error:
            raise ConfigurationError(f'configuration {self.name}: {error}') from error

    def frames(self, thresholds: Mapping[str, float] | None = None) -> FrameSettings:
        """Return the settings of a `FrameTracker`, completed by thresholds of a model."""
        return FrameSettings.from_values(self.parameters, thresholds)

    def detector(self) -> DetectorSettings:
        """Return the settings of the detector."""
        return DETECTOR.make(self.parameters)


def read_configuration(
    path: Path, node_parameters: Collection[str] | None = None
) -> Configuration:
    """Read parameters from YAML: a mapping of names to values, or a ROS 2 parameter file.

    Args:
        path: path of the file.
        node_parameters: all parameter names of the node; other names are an error. If None, any
            name is accepted in a ROS 2 parameter file.

    Raises:
        FileNotFoundError: if there is no such file.
        ConfigurationError: if the file has another form, or a name or value is invalid.
    """
    if not path.is_file():
        raise FileNotFoundError(f'{path}: no such file; expected YAML with parameters')
    with reading(f'{path} is no valid parameter file', ConfigurationError):
        return _read_configuration(path, node_parameters)


def _read_configuration(path: Path, node_parameters: Collection[str] | None) -> Configuration:
    try:
        content = read_yaml(path) or {}
    except OSError:
        raise
    except Exception as error:  # damaged text raises more than YAMLError
        raise ConfigurationError(
            f'{path} is not valid YAML: {" ".join(str(error).split())}'
        ) from error
    if not isinstance(content, dict):
        raise ConfigurationError(
            f'{path}: expected a mapping of names to values, got {type(content).__name__}'
        )
    sections = [
        v['ros__parameters']
        for v in content.values()
        if isinstance(v, dict) and 'ros__parameters' in v
    ]
    values: dict[str, Any] = {}
    for section in sections or [content]:
        if not (isinstance(section, dict) and all(isinstance(name, str) for name in section)):
            raise ConfigurationError(
                f'{path}: expected a mapping of names to values, got {shown(section)}'
            )
        values.update(section)
    values = current_settings(values, str(path))
    own = {name: value for name, value in values.items() if name in PIPELINE}
    other = {n: v for n, v in values.items() if n not in PIPELINE and n not in SET_BY_EVALUATION}
    if other.pop('max_input_age', 0):
        raise ConfigurationError(
            f'{path}: max_input_age cannot be evaluated, as the stamps of images in a bag are '
            'always too old; remove it'
        )
    if node_parameters is None:
        node_parameters = other if sections else ()
    _check_names(path, other, node_parameters)
    if values.get('cameras', ['']) != ['']:
        raise ConfigurationError(
            f'{path}: several cameras cannot be evaluated together; remove `cameras`'
        )
    weights = own.get('weights', 'default')
    if isinstance(weights, str) and weights != 'default' and not Path(weights).is_absolute():
        relative = path.parent / weights
        own['weights'] = str(relative if relative.is_file() else weights)
    try:
        return Configuration(path.stem, own, other)
    except ConfigurationError as error:
        raise ConfigurationError(f'{path}: {error}') from error


def _check_names(path: Path, names: Mapping[str, Any], known: Collection[str]) -> None:
    """Raise ConfigurationError if a name is not a known parameter of the node."""
    unknown = [name for name in names if name not in known]
    if unknown:
        raise ConfigurationError(
            f'{path}: unknown parameter {", ".join(map(repr, unknown))}; the parameters that '
            f'affect the tracks are {", ".join(PIPELINE)}'
        )
