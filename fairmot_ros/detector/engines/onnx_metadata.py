"""What an exported network tells of itself, judged before it is used."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

from fairmot_ros.detector.input_size import check_input_size
from fairmot_ros.file_errors import reading
from fairmot_ros.network import CheckpointError
from fairmot_ros.network.base import ModelInfo
from fairmot_ros.network.registry import ARCHITECTURES

METADATA = 'fairmot_ros'  # key of what is known of the model, as JSON


def read_metadata(text: str | None, path: Path) -> tuple[ModelInfo, int]:
    """Return what is known of a model, and the size of its embeddings.

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
        info = ModelInfo(
            architecture,
            _text(content, 'name'),
            _text(content, 'sha256'),
            check_input_size((size[0], size[1])),
            tuple(labels),
            thresholds=thresholds,
        )
        return info, int(content['embedding_size'])


def _text(content: dict[str, Any], key: str) -> str:
    if not isinstance(content[key], str):
        raise ValueError(f'{key} is {content[key]!r} instead of a text')
    return str(content[key])
