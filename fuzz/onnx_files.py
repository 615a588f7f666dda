# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""ONNX exports: damaged files, and valid files with altered metadata."""

from __future__ import annotations

import json
import tempfile
from functools import cache
from pathlib import Path

import onnx
import torch
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from fairmot_ros.detector.engines.onnx_engine import METADATA, OnnxEngine
from fairmot_ros.detector.onnx_export import export_onnx
from fairmot_ros.network import CheckpointError, create_network
from fairmot_ros.tracker.config import TrackerConfig, with_model_thresholds
from fuzz.mutations import TEXTS, altered, damaged
from fuzz.target import file_target

CONTENT = {
    'architecture': 'yolo',
    'name': 'small',
    'sha256': '0' * 64,
    'input_size': [32, 32],
    'labels': ['person'],
    'thresholds': {'score_threshold': 0.4, 'low_score_threshold': 0.2},
    'embedding_size': 4,
}


@cache
def small_model() -> bytes:
    """Return a small network as `export_onnx` writes it."""
    torch.manual_seed(1)
    network = create_network('yolo', stem_channels=4, head_conv=4, reid_dim=4)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / 'model.onnx'
        export_onnx(network, path, (32, 32))
        return path.read_bytes()


@st.composite
def other_metadata(draw: DrawFn) -> bytes:
    """Draw the small network with altered metadata."""
    model = onnx.load_model_from_string(small_model())
    del model.metadata_props[:]
    text = json.dumps(draw(altered(CONTENT)))
    if draw(st.booleans()):
        text = draw(st.one_of(TEXTS, damaged(text.encode()).map(lambda b: b.decode('latin-1'))))
    entry = model.metadata_props.add()
    entry.key, entry.value = METADATA, text
    return model.SerializeToString()


def inputs() -> SearchStrategy[bytes]:
    """Return the strategy for ONNX files."""
    return st.one_of(other_metadata(), damaged(small_model()))


def read(path: Path) -> None:
    """Load a network and check its metadata."""
    info = OnnxEngine(path).info
    TrackerConfig(**with_model_thresholds({}, info.thresholds))
    assert info.input_size is not None and all(type(side) is int for side in info.input_size)
    assert min(info.input_size) > 0
    for text in (info.name, info.sha256, *info.labels):
        assert isinstance(text, str)


TARGETS = (file_target('ONNX file', CheckpointError, inputs, read, 'model.onnx'),)
