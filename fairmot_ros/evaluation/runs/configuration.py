"""Sets of parameters to compare: YAML files with the node's own names."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from fairmot_ros.detector.settings import DetectorSettings
from fairmot_ros.file_errors import FileError, reading
from fairmot_ros.former_settings import current_settings
from fairmot_ros.pipeline.settings import (
    DETECTOR,
    FRAME_GROUPS_OF_MODEL,
    FrameSettings,
)
from fairmot_ros.value_types import NAMES, fits, shown

#: Every model may bring thresholds.
GROUPS = (DETECTOR, *FRAME_GROUPS_OF_MODEL)
PIPELINE = tuple(name for group in GROUPS for name in group.settings())
OURS = ('cameras', 'autostart', 'image_transport', 'reliability')  # set by the evaluation


class ConfigurationError(FileError):
    """Parameters that cannot be evaluated; the message names the file or the configuration."""


@dataclass(frozen=True)
class Configuration:
    """Parameters under a name.

    Attributes:
        name: for tables and files.
        parameters: those that decide how people are detected and tracked.
        node: further ones of the node, which do not change the tracks.
    """

    name: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    node: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if unknown := [name for name in self.parameters if name not in PIPELINE]:
            raise ConfigurationError(
                f'configuration {self.name}: no such parameters: {", ".join(unknown)}'
            )
        try:
            for group in GROUPS:
                group.check(self.parameters)
            self.detector()
            self.frames()
        except (ValueError, TypeError) as error:
            raise ConfigurationError(f'configuration {self.name}: {error}') from error

    def frames(self, thresholds: Mapping[str, float] | None = None) -> FrameSettings:
        """Return the settings of the frames' way, completed by thresholds of a model."""
        return FrameSettings.from_values(self.parameters, thresholds)

    def detector(self) -> DetectorSettings:
        """Return the settings of the detector."""
        return DETECTOR.make(self.parameters)


def read_configuration(
    path: Path, node_parameters: Collection[str] | None = None
) -> Configuration:
    """Read parameters from YAML: plain names and values, or a parameter file of ROS 2.

    Args:
        path: of the file.
        node_parameters: names that the node has, to find wrong ones; where they are not known,
            those in a parameter file of ROS 2 are taken as they are.

    Raises:
        FileNotFoundError: if there is no such file.
        ConfigurationError: if it is not such a file, or a name or value is wrong.
    """
    if not path.is_file():
        raise FileNotFoundError(f'{path}: no such file; expected YAML with parameters')
    with reading(f'{path} does not hold parameters', ConfigurationError):
        return _read_configuration(path, node_parameters)


def _read_configuration(path: Path, node_parameters: Collection[str] | None) -> Configuration:
    try:
        content = yaml.safe_load(path.read_text(encoding='utf-8-sig')) or {}
    except OSError:
        raise
    except Exception as error:  # damaged text raises more than YAMLError
        raise ConfigurationError(f'{path} is not YAML: {" ".join(str(error).split())}') from error
    if not isinstance(content, dict):
        raise ConfigurationError(
            f'{path}: expected names and values, got {type(content).__name__}'
        )
    sections = [
        v['ros__parameters']
        for v in content.values()
        if isinstance(v, dict) and 'ros__parameters' in v
    ]
    values: dict[str, Any] = {}
    for section in sections or [content]:
        if not (isinstance(section, dict) and all(isinstance(name, str) for name in section)):
            raise ConfigurationError(f'{path}: expected names and values, got {shown(section)}')
        values.update(section)
    values = current_settings(values, str(path))
    own = {name: value for name, value in values.items() if name in PIPELINE}
    other = {n: v for n, v in values.items() if n not in PIPELINE and n not in OURS}
    if other.pop('max_input_age', 0):
        raise ConfigurationError(
            f'{path}: max_input_age cannot be evaluated, as images keep the stamps of the bag and '
            'are always too old; leave it out'
        )
    if node_parameters is None:
        node_parameters = other if sections else ()
    _check_names(path, other, node_parameters)
    if values.get('cameras', ['']) != ['']:
        raise ConfigurationError(
            f'{path}: cameras cannot be evaluated together; leave the names out'
        )
    _check_value_types(path, own)
    weights = own.get('weights', 'default')
    if weights != 'default' and not Path(weights).is_absolute():
        beside = path.parent / weights
        own['weights'] = str(beside if beside.is_file() else weights)
    try:
        return Configuration(path.stem, own, other)
    except ConfigurationError as error:
        raise ConfigurationError(f'{path}: {error}') from error


def _check_value_types(path: Path, values: Mapping[str, Any]) -> None:
    """Raise ConfigurationError for a value of another type than the default of its setting."""
    for group in GROUPS:
        for name, declared in group.settings().items():
            if name not in values:
                continue
            kind, value = type(declared.default), values[name]
            if kind is tuple:
                right = value is None or isinstance(value, list)
            else:
                right = fits(value, kind) or (kind is float and isinstance(value, float))
            if not right:
                raise ConfigurationError(
                    f'{path}: {name} must be {NAMES[kind]}, got {shown(value)}'
                )


def _check_names(path: Path, names: Mapping[str, Any], known: Collection[str]) -> None:
    """Raise ConfigurationError for a name that no node has."""
    unknown = [name for name in names if name not in known]
    if unknown:
        raise ConfigurationError(
            f'{path}: {", ".join(map(repr, unknown))} is no parameter; those that matter for the '
            f'tracks are {", ".join(PIPELINE)}'
        )
