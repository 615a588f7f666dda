# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Functions compiled by torch, which fuses their operators."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from fairmot_ros.detector.engines.base import EngineError
from fairmot_ros.files.errors import reason_of

Maps = Callable[[Tensor], dict[str, Tensor]]


def compiled(function: Maps, name: str) -> Maps:
    """Return a function compiled by `torch.compile`, anew for every shape of its input.

    Args:
        function: from a network's input to its maps.
        name: of the model, for messages.

    Raises:
        EngineError: if this torch has no compiler; by the first call of the result, if it cannot
            compile the function here. It needs a C++ compiler on the CPU and Triton on a GPU.
    """
    if not hasattr(torch, 'compile'):
        raise EngineError(f"execution 'compiled' needs torch 2, this is {torch.__version__}")
    run = torch.compile(function, dynamic=False)

    def call(images: Tensor) -> dict[str, Tensor]:
        try:
            return run(images)
        except RuntimeError as error:
            raise EngineError(
                f"torch cannot compile {name}: {reason_of(error)}; use execution 'graphs' or "
                "'eager'"
            ) from error

    return call
