# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Settings of the detector; imports neither torch nor an engine."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from fairmot_ros.settings import Settings, setting

MAX_THREADS = 1024
ENGINE_NAMES = ('auto', 'openvino', 'torch', 'onnxruntime')
PRECISIONS = ('auto', 'fp32', 'tf32', 'fp16', 'bf16', 'int8')
EXECUTIONS = ('auto', 'eager', 'graphs', 'compiled')


@dataclass(frozen=True)
class DetectorSettings(Settings):
    """Which network runs, where and how."""

    weights: str = setting(
        'default',
        "checkpoint, .onnx or .xml file of fairmot-export, or 'default' for the model that ships",
        structural=True,
    )
    device: str = setting(
        'auto', "'auto' (a GPU if available), 'cpu', 'cuda' or 'cuda:N'", structural=True
    )
    engine: str = setting(
        'auto',
        "library that runs the network: 'openvino' (CPU) or 'torch' for checkpoints, 'onnxruntime'"
        " for .onnx files, 'openvino' for .xml files; 'auto' takes the fastest that is installed",
        choices=ENGINE_NAMES,
        structural=True,
    )
    deterministic: bool = setting(
        False,
        "give bit-identical results in every run on one machine; engine 'auto' then selects torch",
        structural=True,
    )
    precision: str = setting(
        'auto',
        "number format of the network; 'auto' is fp16 on a GPU; on a CPU it is bf16 if engine "
        'openvino runs, the CPU supports it and the drift measured for the model is within the '
        'limits, otherwise fp32',
        choices=PRECISIONS,
        structural=True,
    )
    execution: str = setting(
        'auto',
        "how torch runs the network: operator by operator ('eager'), as recorded CUDA graphs "
        "('graphs'), or compiled by torch first, which takes minutes ('compiled'); 'auto' is "
        'graphs on a GPU and eager on the CPU',
        choices=EXECUTIONS,
        structural=True,
    )
    threads: int = setting(
        0,
        'CPU threads of one forward pass, in every engine, and of OpenCV; 0: all cores, minus '
        'one if there are more than two',
        low=0,
        high=MAX_THREADS,
        structural=True,
    )
    input_width: int = setting(
        0,
        "width of the network's input, a multiple of 32; 0 for the model's own",
        unit='pixels',
        low=0,
        high=8192,
        structural=True,
    )
    input_height: int = setting(
        0,
        "height of the network's input, a multiple of 32; 0 for the model's own",
        unit='pixels',
        low=0,
        high=8192,
        structural=True,
    )
    score_threshold: float = setting(
        0.1, 'lowest score of a detection that the tracker receives', low=0.0, high=1.0
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        if (self.input_width == 0) != (self.input_height == 0):
            raise ValueError('input_width and input_height must both be given, or both be 0')

    @property
    def input_size(self) -> tuple[int, int] | None:
        """(width, height), or None for the model's own."""
        return (self.input_width, self.input_height) if self.input_width else None

    def arguments(self) -> dict[str, Any]:
        """Return the arguments of `Detector`."""
        return {
            'weights': self.weights,
            'input_size': self.input_size,
            'device': self.device,
            'engine': self.engine,
            'precision': self.precision,
            'score_threshold': self.score_threshold,
            'deterministic': self.deterministic,
            'threads': self.threads,
            'execution': self.execution,
        }
