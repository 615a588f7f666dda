# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""What the benchmark runs: networks with random weights, their inputs, images of a clip."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from functools import cache
from itertools import islice
from pathlib import Path

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from fairmot_ros.cli.shipped_clips import PEDESTRIANS
from fairmot_ros.detector.detector import find_weights
from fairmot_ros.detector.input_size import PUBLISHED_INPUT_SIZE
from fairmot_ros.detector.onnx_export import export_onnx
from fairmot_ros.media.video_source import VideoSource
from fairmot_ros.network import (
    architectures,
    create_network,
    load_checkpoint,
    save_checkpoint,
)
from fairmot_ros.network.base import Network

Size = tuple[int, int]

SETTLING_IMAGES, SETTLING_SIZE = 4, (256, 192)


@dataclass(frozen=True)
class Workload:
    """Sizes and counts of one run.

    Attributes:
        device: 'cuda', 'cuda:N' or 'cpu'.
        folder: for the networks' files.
        input_size: (width, height) of the networks that are timed, except the default one.
        default_size: (width, height) of the default network; its own if None.
        parity_size: (width, height) of the networks that are compared.
        image_sizes: (width, height) of images that are scaled, the largest first.
        batch: images of a large batch.
        repeats: calls of each work that is timed.
        parity_networks: networks that are compared; 'default' is the one that ships.
        speed_networks: networks that are timed, the most important one first.
    """

    device: str
    folder: Path
    input_size: Size = PUBLISHED_INPUT_SIZE
    default_size: Size | None = None
    parity_size: Size = (544, 320)
    image_sizes: tuple[Size, ...] = ((1920, 1080), (1280, 720), (640, 480), (320, 240))
    batch: int = 8
    repeats: int = 30
    parity_networks: tuple[str, ...] = ('default', *architectures())
    speed_networks: tuple[str, ...] = ('dla_34', 'default')

    def tiny(self) -> Workload:
        """Return a workload that runs through the same code in seconds on a CPU."""
        return replace(
            self,
            input_size=(96, 64),
            default_size=(96, 64),
            parity_size=(96, 64),
            image_sizes=((120, 90), (60, 40)),
            batch=2,
            repeats=1,
            parity_networks=('default', 'dla_34'),
            speed_networks=('default',),
        )

    def size_of(self, name: str) -> Size | None:
        """Return the input size of a network that is timed; None for the model's own."""
        return self.default_size if name == 'default' else self.input_size

    def weights(self, name: str) -> str:
        """Return the weights of a network: a file that is written when it is first needed."""
        if name == 'default':
            return name
        path = self.folder / f'{name}.pth'
        if not path.exists():
            network = settled_network(name)
            save_checkpoint(network, path, name=name, input_size=list(self.input_size))
        return str(path)

    def exported(self, name: str, size: Size) -> str:
        """Return the ONNX file of a network, which is written when it is first needed."""
        path = self.folder / f'{name}_{size[0]}x{size[1]}.onnx'
        if not path.exists():
            logging.getLogger('torch.onnx').setLevel(logging.ERROR)  # it reports on itself
            export_onnx(load_checkpoint(find_weights(self.weights(name))), path, size)
        return str(path)


def settled_network(architecture: str) -> Network:
    """Return a network with random weights whose maps have the range of trained ones.

    Batch norms take the statistics of images; otherwise the maps of a deep network nearly vanish,
    and half precision has nothing to represent.
    """
    torch.manual_seed(0)
    network = create_network(architecture)
    for name, parameter in network.named_parameters():
        # Fresh offsets are zero: no tap would move. Sizes of YOLOX's boxes are exponentials.
        if 'offset_mask' in name or 'reg_pred.weight' in name:
            nn.init.normal_(parameter, std=0.02)
    norms = [module for module in network.modules() if isinstance(module, nn.BatchNorm2d)]
    momenta = [norm.momentum for norm in norms]
    for norm in norms:
        norm.momentum = 1.0
    images = np.stack(clip_images(SETTLING_IMAGES, SETTLING_SIZE))
    with torch.no_grad():
        pixels = torch.from_numpy(images[..., ::-1].copy()).permute(0, 3, 1, 2).float() / 255
        network.train().whole_maps(pixels)
    for norm, momentum in zip(norms, momenta, strict=True):
        norm.momentum = momentum
    return network.eval()


@cache
def _frames(count: int) -> tuple[NDArray[np.uint8], ...]:
    return tuple(islice(VideoSource(PEDESTRIANS), count))


def clip_images(count: int, size: Size) -> list[NDArray[np.uint8]]:
    """Return the first images of the shipped clip, scaled to (width, height)."""
    return [cv2.resize(frame, size, interpolation=cv2.INTER_LINEAR) for frame in _frames(count)]
