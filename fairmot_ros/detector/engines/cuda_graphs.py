# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""CUDA graphs: a function recorded once and replayed without the host's part of every kernel."""

from __future__ import annotations

import inspect
import threading
from collections.abc import Callable
from typing import Any, Generic, TypeVar

import torch
from torch import Tensor

#: Runs before the recording, in which libraries choose algorithms and allocate work space.
WARM_UP_RUNS = 3

#: One recording at a time: another thread's must not allocate meanwhile.
_recording = threading.Lock()

T = TypeVar('T')


class CudaGraphs(Generic[T]):
    """A function of one tensor of fixed shape and place, with a graph for every such tensor.

    The function must launch the same kernels on the same memory in every call. It is called
    directly where the tensor lies on the host.
    """

    def __init__(self, function: Callable[[Tensor], T]) -> None:
        """Record nothing yet; `function` returns objects that hold tensors."""
        self._function = function
        self._recorded: dict[int, tuple[torch.cuda.CUDAGraph, T]] = {}

    def __call__(self, values: Tensor) -> T:
        """Return what the function returns; valid until the next call."""
        if values.device.type != 'cuda':
            return self._function(values)
        if values.data_ptr() not in self._recorded:
            self._recorded[values.data_ptr()] = self._record(values)
        graph, result = self._recorded[values.data_ptr()]
        graph.replay()
        return result

    def _record(self, values: Tensor) -> tuple[torch.cuda.CUDAGraph, T]:
        with _recording, torch.cuda.device(values.device):
            stream = torch.cuda.Stream()
            stream.wait_stream(torch.cuda.current_stream())
            with torch.cuda.stream(stream):
                for _ in range(WARM_UP_RUNS):
                    self._function(values)
            torch.cuda.current_stream().wait_stream(stream)
            graph = torch.cuda.CUDAGraph()
            with torch.cuda.graph(graph, **_capture_options()):
                result = self._function(values)
        return graph, result


def _capture_options() -> dict[str, Any]:
    """Let other threads use the device while this one records, where torch can."""
    known = inspect.signature(torch.cuda.graph).parameters
    return {'capture_error_mode': 'thread_local'} if 'capture_error_mode' in known else {}
