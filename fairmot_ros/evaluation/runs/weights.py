# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Weights of a configuration: their files, and the memory that a worker with them needs."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from fairmot_ros.detector.detector import find_weights
from fairmot_ros.evaluation.runs.configuration import Configuration
from fairmot_ros.jobs.memory import BASE, network_memory
from fairmot_ros.network import CheckpointError

#: Input size of the model that ships, in pixels, for the estimate of memory.
USUAL_PIXELS = 640 * 480


def with_absolute_weights(configuration: Configuration) -> Configuration:
    """Return a configuration that names its weights by an absolute path, for other processes.

    Raises:
        CheckpointError: if there is no such file.
    """
    weights = configuration.detector().weights
    if weights == 'default':
        return configuration  # of each process, wherever the package is installed there
    path = find_weights(weights)
    if not path.is_file():
        raise CheckpointError(
            f'no weights at {path}: give the path of a checkpoint or of an exported file, or '
            "'default' for the model that ships"
        )
    return with_weights(configuration, Path(os.path.abspath(path)))


def with_weights(configuration: Configuration, path: Path) -> Configuration:
    """Return a configuration with other weights."""
    parameters = {**configuration.parameters, 'weights': str(path)}
    return Configuration(configuration.name, parameters, configuration.node)


def weight_files(configuration: Configuration, role: str) -> dict[str, Path]:
    """Return the files of the weights by role; OpenVINO's format has two of them."""
    path = find_weights(configuration.detector().weights)
    if path.suffix == '.xml':
        return {role: path, f'{role}, values': path.with_suffix('.bin')}
    return {role: path}


def worker_memory(configurations: Iterable[Configuration]) -> int:
    """Return an estimate of the memory of a worker with these networks, in bytes."""
    total = BASE
    for configuration in configurations:
        settings = configuration.detector()
        pixels = settings.input_width * settings.input_height or USUAL_PIXELS
        files = weight_files(configuration, '').values()
        total += network_memory(sum(file.stat().st_size for file in files), pixels)
    return total
