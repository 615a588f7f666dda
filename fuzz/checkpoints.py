# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Checkpoints: damaged files, and valid torch files with other content."""

from __future__ import annotations

import io
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

import torch
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy
from torch import Tensor

from fairmot_ros.network import CheckpointError, create_network, load_checkpoint, save_checkpoint
from fairmot_ros.tracker.config import TrackerConfig, with_model_thresholds
from fuzz.mutations import ODD_VALUES, altered, damaged
from fuzz.target import file_target

TYPES = (
    torch.float32,
    torch.float16,
    torch.bfloat16,
    torch.float64,
    torch.int64,
    torch.uint8,
    torch.bool,
    torch.complex64,
)
EXTRA: dict[str, Any] = {
    'name': 'small',
    'labels': ['person'],
    'input_size': [64, 32],
    'score_line': [1.0, 0.0],
    'thresholds': {'score_threshold': 0.4, 'low_score_threshold': 0.2},
}


@cache
def small_checkpoint() -> bytes:
    """Return a checkpoint of a small network."""
    file = io.BytesIO()
    torch.manual_seed(1)
    network = create_network('yolo', stem_channels=4, head_conv=4, reid_dim=4)
    torch.save({'epoch': 0, 'state_dict': network.state_dict(), **EXTRA}, file)
    return file.getvalue()


@cache
def written_checkpoint() -> bytes:
    """Return the same checkpoint as written by `save_checkpoint`."""
    network = create_network('yolo', stem_channels=4, head_conv=4, reid_dim=4)
    with tempfile.TemporaryDirectory() as folder:
        save_checkpoint(network, Path(folder) / 'model.pth')
        return (Path(folder) / 'model.pth').read_bytes()


@st.composite
def tensors(draw: DrawFn) -> Tensor:
    """Draw a small tensor of any type, layout and number of dimensions."""
    shape = draw(st.lists(st.integers(0, 4), max_size=4))
    tensor = torch.zeros(shape, dtype=draw(st.sampled_from(TYPES)))
    form = draw(st.sampled_from(('plain', 'not finite', 'expanded', 'sparse')))
    if form == 'not finite' and tensor.is_floating_point():
        return tensor + draw(st.sampled_from((float('nan'), float('inf'))))
    if form == 'expanded':
        return tensor.reshape(-1)[:1].expand(draw(st.sampled_from((1, 3, 2**20))), -1)
    return tensor.to_sparse() if form == 'sparse' else tensor


@st.composite
def other_contents(draw: DrawFn) -> bytes:
    """Draw a valid torch file whose content is not a valid checkpoint."""
    content = torch.load(io.BytesIO(small_checkpoint()), weights_only=True)
    part = draw(st.sampled_from(('extra', 'weights', 'all')))
    if part == 'extra':
        content = {**content, **draw(altered({'extra': EXTRA}).map(_extra))}
    elif part == 'weights':
        state = content['state_dict']
        for key in draw(st.lists(st.sampled_from(sorted(state)), min_size=1, max_size=3)):
            state.pop(key, None)
            if draw(st.booleans()):
                state[key] = draw(st.one_of(tensors(), ODD_VALUES))
    else:
        content = draw(altered({'state_dict': {'a': torch.zeros(1)}}, ODD_VALUES | tensors()))
    file = io.BytesIO()
    torch.save(content, file)
    return file.getvalue()


def _extra(value: Any) -> dict[str, Any]:
    """Return the altered `EXTRA`, or an empty dict if it is no mapping any more."""
    inner = value.get('extra') if isinstance(value, dict) else None
    return inner if isinstance(inner, dict) else {}


def inputs() -> SearchStrategy[bytes]:
    """Return the strategy for checkpoint files."""
    return st.one_of(damaged(written_checkpoint()), damaged(small_checkpoint()), other_contents())


def read(path: Path) -> None:
    """Load a network, run it once, and use its stored thresholds."""
    network = load_checkpoint(path)
    TrackerConfig(**with_model_thresholds({}, network.info.thresholds))
    with torch.inference_mode():
        network(torch.zeros(1, 3, 32, 32))


TARGETS = (file_target('checkpoint', CheckpointError, inputs, read, 'model.pth'),)
