# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Metadata of an exported network, checked before the network is used."""

from __future__ import annotations

import hashlib
import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fairmot_ros.detector.input_size import check_input_size
from fairmot_ros.files.errors import reading
from fairmot_ros.network import CheckpointError
from fairmot_ros.network.base import ModelInfo, Network
from fairmot_ros.network.registry import ARCHITECTURES

METADATA = 'fairmot_ros'  # key of the metadata, which are JSON
WEIGHTS_HASH = f'{METADATA}_weights'  # key of the hash of the weights that lie in another file
FILE_PRECISIONS = ('fp32', 'int8')


@dataclass(frozen=True)
class ExportMetadata:
    """Metadata of an exported network.

    Attributes:
        info: of the model; its input size is that of the file.
        embedding_size: D of its embeddings, 0 for none.
        precision: one of FILE_PRECISIONS.
    """

    info: ModelInfo
    embedding_size: int
    precision: str = 'fp32'


def write_metadata(network: Network, size: tuple[int, int], precision: str = 'fp32') -> str:
    """Return the metadata of a file for images of a size (width, height), as JSON."""
    info = network.info
    return json.dumps(
        {
            'architecture': info.architecture,
            'name': info.name,
            'sha256': info.sha256,
            'input_size': list(size),
            'labels': list(info.labels),
            'thresholds': dict(info.thresholds),
            'embedding_size': network.sizes.reid_dim,
            'precision': precision,
        }
    )


def hash_of_file(path: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def read_metadata(text: str | None, path: Path) -> ExportMetadata:
    """Return the metadata of a file.

    Args:
        text: the value of METADATA, None if the file has none.
        path: of the file, for messages.

    Raises:
        CheckpointError: if it is missing, or of another form than fairmot-export writes.
    """
    what = f'{path} was not made by fairmot-export: its metadata {METADATA} are '
    if text is None:
        raise CheckpointError(what + 'missing')
    with reading(what + 'of another form', CheckpointError):
        content: dict[str, Any] = json.loads(text)
        architecture = _text(content, 'architecture')
        if architecture not in ARCHITECTURES:
            raise ValueError(f'architecture {architecture!r} is unknown')
        size = content['input_size']
        if not isinstance(size, list) or len(size) != 2:
            raise ValueError(f'input_size is {size!r} instead of two numbers')
        labels = content['labels']
        if not isinstance(labels, list) or not all(isinstance(label, str) for label in labels):
            raise ValueError(f'labels are {labels!r} instead of a list of names')
        thresholds = {
            str(name): float(value) for name, value in content.get('thresholds', {}).items()
        }
        if not all(map(math.isfinite, thresholds.values())):
            raise ValueError(f'thresholds are {thresholds}')
        precision = content.get('precision', 'fp32')
        if precision not in FILE_PRECISIONS:
            raise ValueError(
                f'precision is {precision!r} instead of {" or ".join(FILE_PRECISIONS)}'
            )
        info = ModelInfo(
            architecture,
            _text(content, 'name'),
            _text(content, 'sha256'),
            check_input_size((size[0], size[1])),
            tuple(labels),
            thresholds=thresholds,
        )
        return ExportMetadata(info, int(content['embedding_size']), precision)


def _text(content: dict[str, Any], key: str) -> str:
    if not isinstance(content[key], str):
        raise ValueError(f'{key} is {content[key]!r} instead of a string')
    return str(content[key])
