# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Read and check the content of a checkpoint file before a network is built."""

from __future__ import annotations

import pickle
import re
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from fairmot_ros.files.errors import FileError, reason_of
from fairmot_ros.files.unpacking import check_stored

#: The ImageNet classifier, left over in the published DLA files; the network does not have it.
DEAD_PREFIX = 'base.fc.'
#: What DataParallel and torch.compile put before every key, perhaps several times.
WRAPPERS = re.compile(r'^((module|_orig_mod)\.)+')
REMEDY = "torch.save({'state_dict': model.state_dict()}, path)"


class CheckpointError(FileError):
    """A file that does not hold the weights of a known network; the message says why."""


def read_content(path: Path) -> Any:
    """Return what a file holds; code in it is never run.

    Raises:
        CheckpointError: if it is missing, unreadable or holds more than plain data.
    """
    if not path.is_file():
        raise CheckpointError(
            f'no weights at {path}: give the path of a FairMOT checkpoint, '
            "or 'default' for the model that ships with the package"
        )
    try:
        check_stored(path)
        return torch.load(path, map_location='cpu', weights_only=True)
    except Exception as error:  # damaged bytes raise almost anything
        raise CheckpointError(
            f'{path} is not a readable torch checkpoint (plain tensors are expected, '
            f'code is never run): {_reason(error)}'
        ) from error


def weights_of(content: Any, path: Path) -> dict[str, Tensor]:
    """Return the weights in float32, without wrappers' prefixes and the dead keys.

    Raises:
        CheckpointError: if there are none, or one cannot be used.
    """
    state = content.get('state_dict', content) if isinstance(content, dict) else None
    if (
        not isinstance(state, dict)
        or not state
        or not all(isinstance(k, str) and isinstance(v, Tensor) for k, v in state.items())
    ):
        raise CheckpointError(
            f"{path} holds no weights: expected a dict with 'state_dict' or a state_dict itself"
        )
    found = {}
    for key, value in state.items():
        key = WRAPPERS.sub('', key)
        if not key.startswith(DEAD_PREFIX):
            _check(key, value, path)
            found[key] = value.float() if value.is_floating_point() else value
    return found


def _check(key: str, value: Tensor, path: Path) -> None:
    """Check a tensor before memory of its size is allocated."""
    if value.layout != torch.strided or value.is_complex():
        raise CheckpointError(f'{path}: {key} is not a dense tensor of real numbers')
    # A tensor with strides of 0 declares more numbers than the file has.
    stored = 1 + sum((size - 1) * stride for size, stride in zip(value.shape, value.stride()))
    if value.numel() > stored:
        raise CheckpointError(
            f'{path}: {key} declares {value.numel()} numbers, of which the file holds {stored}'
        )
    if value.is_floating_point() and not torch.isfinite(value).all():
        raise CheckpointError(
            f'{path}: {key} has values that are not finite: the training may have diverged; take '
            'an earlier checkpoint'
        )


def _reason(error: Exception) -> str:
    if not isinstance(error, pickle.UnpicklingError):
        return reason_of(error)
    # torch's own text advises to run the code.
    if 'Unsupported operand' in str(error):
        return (
            f'the safe reader of torch {torch.__version__} knows no numbers outside tensors; use '
            f'torch 2, or save the weights alone where you have it: {REMEDY}'
        )
    kind = re.search(r'(?:GLOBAL|Unsupported class) ([\w.]+)', str(error))
    held = f'an object of {kind[1]} beside the weights' if kind else 'more than that'
    return (
        f'it is of another kind or holds {held}; where you trust it, load it where it was made '
        f'and save the weights alone: {REMEDY}'
    )
