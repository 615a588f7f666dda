# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Launch arguments that override node parameters, shared by all launch files."""

from __future__ import annotations

from typing import Any

from fairmot_ros.ros.parameters.base import Parameters
from fairmot_ros.ros.parameters.identities import IdentitiesParameters
from fairmot_ros.ros.parameters.nodes import DetectionTrackerParameters, FairmotParameters

Argument = tuple[str, Any, str]  # name, default (None if it must be given) and description

#: Parameters that can be given as launch arguments, which take precedence over the params_file.
OVERRIDES = ('image_transport', 'weights', 'device')
DETECTION_TRACKER_OVERRIDES = ('with_embeddings',)
IDENTITIES_OVERRIDES = ('store',)


def override_arguments(names: tuple[str, ...] = OVERRIDES) -> list[Argument]:
    """Return the arguments for the parameters of `fairmot_node`; empty keeps the file's value."""
    return _overriding(FairmotParameters, names)


def detection_tracker_overrides() -> list[Argument]:
    """Return the arguments for the parameters of `detection_tracker_node`."""
    return _overriding(DetectionTrackerParameters, DETECTION_TRACKER_OVERRIDES)


def identities_overrides() -> list[Argument]:
    """Return the arguments for the parameters of `fairmot_identities`."""
    return _overriding(IdentitiesParameters, IDENTITIES_OVERRIDES)


def common_arguments(name: str, params_file: Any) -> list[Argument]:
    """Return the arguments that all launch files have.

    Args:
        name: default name of the node.
        params_file: default of the argument of that name.
    """
    return [
        ('namespace', '', 'namespace of the node'),
        ('name', name, 'name of the node; results are published as <name>/...'),
        ('params_file', params_file, 'YAML file with the parameters of the node'),
        ('use_sim_time', 'false', 'use the time of /clock, for bags and simulation'),
        ('log_level', 'info', 'debug, info, warn or error'),
    ]


def transport_parameters(text: str) -> dict[str, Any]:
    """Return the parameters for an argument like `raw`, or `front:raw,rear:compressed`.

    >>> transport_parameters('front:raw, rear:auto')
    {'image_transports': ['front: raw', 'rear: auto']}

    Raises:
        ValueError: if several transports are given without a camera.
    """
    entries = [entry.strip() for entry in text.split(',') if entry.strip()]
    common = [entry for entry in entries if ':' not in entry]
    single = [entry.replace(' ', '').replace(':', ': ') for entry in entries if ':' in entry]
    if len(common) > 1:
        raise ValueError(
            f'image_transport has several transports without a camera: {", ".join(common)}; '
            'expected one for all cameras, or CAMERA:TRANSPORT for each, separated by commas'
        )
    parameters: dict[str, Any] = {'image_transport': common[0]} if common else {}
    return {**parameters, 'image_transports': single} if single else parameters


def _overriding(parameters: type[Parameters], names: tuple[str, ...]) -> list[Argument]:
    settings = parameters.settings()
    return [
        (name, '', f'{settings[name].description}; empty: as in the params_file') for name in names
    ]
