# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Time of whole networks in every engine and precision, over the floor of their operations."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch

from benchmarks.calibration import Work
from benchmarks.performance.counting import Cost, count
from fairmot_ros.detector.detector import DEFAULT_WEIGHTS
from fairmot_ros.detector.engines import Engine, EngineOptions
from fairmot_ros.detector.engines.openvino_engine import OpenVinoEngine
from fairmot_ros.detector.engines.torch_engine import TorchEngine
from fairmot_ros.network import create_network, load_checkpoint
from fairmot_ros.network.base import Network

PUBLISHED_SIZE = (1088, 608)
DEFAULT_SIZE = (640, 480)
DEFAULT, SEEDED = 'default model', ('yolo', 'dla_34')
MODES = (('torch', 'fp32'), ('openvino', 'fp32'), ('openvino', 'bf16'))
SEED = 3


@dataclass(frozen=True)
class Measured:
    """One network in one engine and precision.

    Attributes:
        title: of the network.
        engine: by name.
        precision: that it computes in.
        work: one run on an image.
    """

    title: str
    engine: str
    precision: str
    work: Work

    @property
    def name(self) -> str:
        """Unique among all."""
        return f'{self.title}, {self.engine}, {self.precision}'


def make_network(title: str) -> tuple[Network, tuple[int, int]]:
    """Return a network in evaluation mode and its input size; seeded weights if published."""
    if title == DEFAULT:
        return load_checkpoint(DEFAULT_WEIGHTS), DEFAULT_SIZE
    torch.manual_seed(SEED)
    network = create_network(title)
    for name, parameter in network.named_parameters():
        if 'offset_mask' in name:  # fresh ones are zero: no tap would move
            torch.nn.init.normal_(parameter, std=0.05)
    return network.eval(), PUBLISHED_SIZE


def make_engine(network: Network, size: tuple[int, int], engine: str, precision: str) -> Engine:
    """Return an engine with a copy of the network."""
    options = EngineOptions('cpu', precision, size)
    kind = OpenVinoEngine if engine == 'openvino' else TorchEngine
    return kind(network, options)


def noise_image(size: tuple[int, int]) -> np.ndarray:
    """Return a noise image, uint8 [H, W, 3]."""
    return np.random.default_rng(0).integers(0, 256, (size[1], size[0], 3), dtype=np.uint8)


def costs() -> dict[str, dict[str, Cost]]:
    """Return the cost of the parts of each network."""
    return {title: count(*make_network(title)) for title in (DEFAULT, *SEEDED)}


def networks() -> Iterator[Measured]:
    """Yield all networks in all engines and precisions that this machine runs."""
    for title in (DEFAULT, *SEEDED):
        network, size = make_network(title)
        image = noise_image(size)
        for engine, precision in MODES:
            try:
                run = make_engine(network, size, engine, precision)
            except ValueError as error:  # the CPU has no such instructions
                print(f'{title}: {error}')
                continue

            def work(run: Engine = run, image: np.ndarray = image) -> None:
                run([image])

            yield Measured(title, engine, precision, work)
