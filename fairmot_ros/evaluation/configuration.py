"""Sets of parameters to compare: YAML files with the node's own names."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from fairmot_ros.former_settings import current_settings
from fairmot_ros.tracker import TrackerConfig
from fairmot_ros.tracker.config import (
    MODEL_SETTINGS,
    parameter_names,
    with_model_thresholds,
)
from fairmot_ros.tracker.gallery import Gallery, GalleryConfig

TRACKER = parameter_names()
DETECTOR = (
    'weights',
    'device',
    'engine',
    'deterministic',
    'precision',
    'input_width',
    'input_height',
    'detection_threshold',
)
FILTER = ('min_box_area', 'max_box_aspect')
TIME = ('on_time_jump', 'max_gap')
GALLERY = {  # parameter: what GalleryConfig calls it
    'gallery_size': 'size',
    'gallery_ttl': 'max_seconds',
    'gallery_distance': 'max_distance',
}
PIPELINE = (*DETECTOR, *TRACKER, 'gallery', *GALLERY, *FILTER, *TIME)
OURS = ('cameras', 'autostart', 'image_transport', 'reliability')  # set by the evaluation


@dataclass(frozen=True)
class Configuration:
    """Parameters under a name.

    Attributes:
        name: for tables and files.
        parameters: those that say how people are detected and tracked.
        node: further ones of the node, which play no part in the tracks.
    """

    name: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    node: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        tracker = self.tracker()
        if self.gallery('') is not None and not tracker.uses_embeddings:
            raise ValueError(
                f'configuration {self.name}: gallery needs embeddings, which this association '
                'does not use'
            )
        if bool(self.get('input_width', 0)) != bool(self.get('input_height', 0)):
            raise ValueError(
                f'{self.name}: input_width and input_height must both be given, or both be 0'
            )

    def get(self, name: str, default: Any) -> Any:
        """Return a parameter."""
        return self.parameters.get(name, default)

    def tracker(self, thresholds: Mapping[str, float] | None = None) -> TrackerConfig:
        """Return the settings of the tracker, completed by the thresholds of a model."""
        # A negative value stands for the model's own, as in the node.
        given = {
            name: value
            for name, value in self.parameters.items()
            if name in TRACKER and not (name in MODEL_SETTINGS and value < 0)
        }
        try:
            return TrackerConfig.from_parameters(**with_model_thresholds(given, thresholds or {}))
        except (ValueError, TypeError) as error:
            raise ValueError(f'configuration {self.name}: {error}') from error

    def gallery(self, model: str) -> Gallery | None:
        """Return a memory for those who leave, None where none is asked for."""
        try:
            config = GalleryConfig(
                **{
                    field: self.parameters[name]
                    for name, field in GALLERY.items()
                    if name in self.parameters
                }
            )
        except (ValueError, TypeError) as error:
            raise ValueError(f'configuration {self.name}: gallery: {error}') from error
        return Gallery(config, model) if self.get('gallery', False) else None

    def detector(self) -> dict[str, Any]:
        """Return the arguments of `Detector`."""
        size = (self.get('input_width', 0), self.get('input_height', 0))
        return {
            'weights': self.get('weights', 'default'),
            'device': self.get('device', 'auto'),
            'engine': self.get('engine', 'auto'),
            'deterministic': self.get('deterministic', False),
            'precision': self.get('precision', 'auto'),
            'input_size': size if all(size) else None,
            'score_threshold': self.get('detection_threshold', 0.1),
        }


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
        ValueError: if it is not such a file, or a name or value is wrong.
    """
    if not path.is_file():
        raise FileNotFoundError(f'{path}: no such file; expected YAML with parameters')
    try:
        content = yaml.safe_load(path.read_text()) or {}
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ValueError(f'{path} is not YAML: {" ".join(str(error).split())}') from error
    if not isinstance(content, dict):
        raise ValueError(f'{path}: expected names and values, got {type(content).__name__}')
    sections = [
        v['ros__parameters']
        for v in content.values()
        if isinstance(v, dict) and 'ros__parameters' in v
    ]
    values: dict[str, Any] = {}
    for section in sections or [content]:
        values.update(section)
    values = current_settings(values, str(path))
    own = {name: value for name, value in values.items() if name in PIPELINE}
    other = {n: v for n, v in values.items() if n not in PIPELINE and n not in OURS}
    if other.pop('max_input_age', 0):
        raise ValueError(
            f'{path}: max_input_age cannot be evaluated, as images keep the stamps of the bag and '
            'are always too old; leave it out'
        )
    if node_parameters is None:
        node_parameters = other if sections else ()
    _check_names(path, other, node_parameters)
    if values.get('cameras', ['']) != ['']:
        raise ValueError(f'{path}: cameras cannot be evaluated together; leave the names out')
    weights = own.get('weights', 'default')
    if weights != 'default' and not Path(weights).is_absolute():
        beside = path.parent / weights
        own['weights'] = str(beside if beside.is_file() else weights)
    return Configuration(path.stem, own, other)


def _check_names(path: Path, names: Mapping[str, Any], known: Collection[str]) -> None:
    """Raise ValueError for a name that no node has."""
    unknown = [name for name in names if name not in known]
    if unknown:
        raise ValueError(
            f'{path}: {", ".join(map(repr, unknown))} is no parameter; those that matter for the '
            f'tracks are {", ".join(PIPELINE)}'
        )
