# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Reading and writing weights in the form of the published checkpoints."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from fairmot_ros.files.errors import reading
from fairmot_ros.files.writing import replacing
from fairmot_ros.network.base import ModelInfo, Network
from fairmot_ros.network.checkpoint_content import CheckpointError, read_content, weights_of
from fairmot_ros.network.registry import ARCHITECTURES, create_network

SHOWN_KEYS = 5
#: Counters of batch normalisation that older versions of torch did not write; nothing reads them.
COUNTER = '.num_batches_tracked'


def load_checkpoint(path: str | Path) -> Network:
    """Build the network that a file holds and fill it, in evaluation mode on the CPU.

    The architecture, the head sizes and the embedding size are read from the file. Every
    parameter must fit, except prefixes of wrappers such as ``module.``, which are stripped, the
    dead keys of the published files, which are dropped, and counters of batch normalisation, which
    may be missing. Half-precision weights are widened to float32.

    Args:
        path: a file as the published code writes it, ``{'epoch', 'state_dict', ...}``, or a
            bare state_dict.

    Raises:
        CheckpointError: if the file is missing, unreadable or holds something else.

    Examples:
        The model that ships:

        >>> import fairmot_ros
        >>> from pathlib import Path
        >>> from fairmot_ros.network import load_checkpoint
        >>> folder = Path(fairmot_ros.__file__).parent / 'weights'
        >>> network = load_checkpoint(folder / 'default.pth')
        >>> network.info.architecture, network.info.labels, network.training
        ('yolox_nano', ('person',), False)
    """
    with reading(f'{path} is not a FairMOT checkpoint', CheckpointError):
        path = Path(path).expanduser()
        content = read_content(path)
        state = weights_of(content, path)
        architecture = _find_architecture(state, path)
        known = ARCHITECTURES[architecture]
        network = create_network(
            architecture,
            **{name: read(state) for name, (_, read) in (known.sizes | known.options).items()},
        )
        expected = network.state_dict()
        state |= {k: v for k, v in expected.items() if k.endswith(COUNTER) and k not in state}
        _check_fit(state, expected, architecture, path)
        network.load_state_dict(state)
        network.info = _describe(network.info, content, path)
        return network.eval()


def initialise(network: Network, path: str | Path) -> list[str]:
    """Fill a network with the weights of a file, to train it further.

    All but the heads must fit; a head that is missing or of other sizes, as in a detector
    without re-identification, keeps its fresh weights, and so does the neck it may have.

    Returns:
        The names of these heads.

    Raises:
        CheckpointError: if the file is unreadable or of another architecture.
    """
    with reading(f'{path} is not a FairMOT checkpoint', CheckpointError):
        path = Path(path).expanduser()
        state = weights_of(read_content(path), path)
    expected = network.state_dict()
    fresh = []
    for head in network.head_names:
        keys = [key for key in expected if key.startswith((f'{head}.', f'{head}_neck.'))]
        if any(key not in state or state[key].shape != expected[key].shape for key in keys):
            fresh.append(head)
    prefixes = tuple(f'{head}{part}' for head in fresh for part in ('.', '_neck.'))
    kept = {key: value for key, value in state.items() if not key.startswith(prefixes)}
    kept |= {key: value for key, value in expected.items() if key.startswith(prefixes)}
    _check_fit(kept, expected, network.info.architecture, path)
    network.load_state_dict(kept)
    return fresh


def save_checkpoint(
    network: Network, path: str | Path, *, half: bool = False, **extra: Any
) -> None:
    """Write ``{'epoch', 'state_dict', ...}`` and the metadata of the model.

    Args:
        network: its `info` is written too.
        path: of the file.
        half: write floats as float16, half the size.
        **extra: further content; replaces that of `info` under the same name.

    Raises:
        WriteError: if the file cannot be written; an earlier one stays as it is.
    """
    state = {
        key: value.half() if half and value.is_floating_point() else value
        for key, value in network.state_dict().items()
    }
    content = {'epoch': 0, **_metadata(network.info), **extra, 'state_dict': state}
    with replacing(path) as partial, partial.open('wb') as file:
        torch.save(content, file)


def _metadata(info: ModelInfo) -> dict[str, Any]:
    """Return the part of `info` that is stored in a file, see `_describe`."""
    size = {} if info.input_size is None else {'input_size': list(info.input_size)}
    return {
        'name': info.name,
        'labels': list(info.labels),
        # As text: the safe reader of torch 1.13 knows no floating-point numbers outside tensors.
        'calibration': json.dumps(
            {'score_line': list(info.score_line), 'thresholds': dict(info.thresholds)}
        ),
        **size,
    }


def _describe(info: ModelInfo, content: dict[str, Any], path: Path) -> ModelInfo:
    """Add the metadata of files of `save_checkpoint`; published checkpoints have none."""
    known: dict[str, Any] = {'sha256': hashlib.sha256(path.read_bytes()).hexdigest()}
    if isinstance(content.get('name'), str):
        known['name'] = content['name']
    size = content.get('input_size')
    if isinstance(size, (list, tuple)) and len(size) == 2:
        known['input_size'] = (int(size[0]), int(size[1]))
    if isinstance(content.get('calibration'), str):
        content = {**content, **json.loads(content['calibration'])}
    line = content.get('score_line')
    if isinstance(line, (list, tuple)) and len(line) == 2:
        known['score_line'] = (float(line[0]), float(line[1]))
    thresholds = content.get('thresholds')
    if isinstance(thresholds, dict):
        known['thresholds'] = {str(name): float(value) for name, value in thresholds.items()}
    labels = content.get('labels')
    if isinstance(labels, (list, tuple)) and len(labels) == len(info.labels):
        known['labels'] = tuple(map(str, labels))
    return replace(info, **known)


def _find_architecture(state: dict[str, Tensor], path: Path) -> str:
    for name, architecture in ARCHITECTURES.items():
        if all(key in state for key in architecture.has_keys) and not any(
            key in state for key in architecture.lacks_keys
        ):
            readers = architecture.sizes | architecture.options
            missing = [
                key for key in dict.fromkeys(k for k, _ in readers.values()) if key not in state
            ]
            if missing:
                raise CheckpointError(
                    f'{path} looks like {name}, but is not a FairMOT checkpoint: '
                    f'it lacks {_some(missing)}'
                )
            return name
    raise CheckpointError(
        f'{path} fits none of the known architectures ({", ".join(sorted(ARCHITECTURES))}); '
        f'its keys begin with {_some(list(state))}'
    )


def _check_fit(
    state: dict[str, Tensor], expected: dict[str, Tensor], architecture: str, path: Path
) -> None:
    missing = [key for key in expected if key not in state]
    unexpected = [key for key in state if key not in expected]
    shapes = [
        f'{key} is {list(state[key].shape)} instead of {list(expected[key].shape)}'
        for key in expected
        if key in state and state[key].shape != expected[key].shape
    ]
    problems = [
        f'{label} {_some(keys)}'
        for label, keys in (
            ('missing', missing),
            ('unexpected', unexpected),
            ('wrong shape:', shapes),
        )
        if keys
    ]
    if problems:
        raise CheckpointError(f'{path} does not fit {architecture}: {"; ".join(problems)}')


def _some(names: list[str]) -> str:
    shown = ', '.join(names[:SHOWN_KEYS])
    rest = len(names) - SHOWN_KEYS
    return f'{shown} and {rest} more' if rest > 0 else shown
