# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Base class and data classes of all architectures."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from torch import Tensor, nn

from fairmot_ros.network.predictions import Predictions

PUBLISHED_STRIDE = 4
SIZE_MULTIPLE = 32  # of the input's width and height: the coarsest stride
#: Largest width and height of an input, pixels.
MAX_INPUT_SIDE = 8192


@dataclass(frozen=True)
class HeadSizes:
    """Output channels of a network.

    Attributes:
        num_classes: score maps.
        reid_dim: length of the embedding; 0 for none, where the architecture allows it.
        wh_channels: of FairMOT's box head: 4 for distances to left, top, right, bottom; 2 for
            width and height.
    """

    num_classes: int = 1
    reid_dim: int = 128
    wh_channels: int = 4

    def __post_init__(self) -> None:
        for name, least in (('num_classes', 1), ('reid_dim', 0)):
            if getattr(self, name) < least:
                raise ValueError(f'{name} must be at least {least}, got {getattr(self, name)}')
        if self.wh_channels not in (2, 4):
            raise ValueError(f'wh_channels must be 2 or 4, got {self.wh_channels}')


@dataclass(frozen=True)
class ModelInfo:
    """Metadata of a network.

    Attributes:
        architecture: name in the registry.
        name: of the model; the architecture's name if the file has none.
        sha256: of the file the weights came from, empty for fresh weights.
        input_size: (width, height) of the training images; None if the file has none.
        labels: name of each class.
        score_line: slope and shift of the scores' logits, see `Network.move_scores`; only
            architectures without a layer that can take them in use it.
        thresholds: settings of the tracker that suit the model's scores, by name.
    """

    architecture: str
    name: str = ''
    sha256: str = ''
    input_size: tuple[int, int] | None = None
    labels: tuple[str, ...] = field(default=('person',))
    score_line: tuple[float, float] = (1.0, 0.0)
    thresholds: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Raise ValueError if a value is of the wrong type or out of range."""
        if not all(isinstance(text, str) for text in (self.name, self.sha256, *self.labels)):
            raise ValueError('the name, the sha256 and the labels must be text')
        if self.input_size is not None and not all(
            0 < side <= MAX_INPUT_SIDE for side in self.input_size
        ):
            width, height = self.input_size
            raise ValueError(
                f'its input_size is {width}x{height} pixels; expected sides of 1 to '
                f'{MAX_INPUT_SIDE}: save it with an input_size that fits'
            )
        for name, value in self.thresholds.items():
            if not 0 <= value <= 1:
                raise ValueError(f'the threshold {name} must be within 0..1, got {value}')
        if not all(map(math.isfinite, self.score_line)):
            raise ValueError(f'the score_line must be finite, got {list(self.score_line)}')


class Network(nn.Module, ABC):
    """Base of all architectures: features, then dense maps, then predictions.

    An engine computes the dense maps in the way that is fastest on its device; the architecture
    decodes them. `features` may run in half precision, `dense` computes in float32.

    Attributes:
        sizes: output channels.
        stride: input pixels per cell of the embedding map.
        info: metadata, among them the hash of the weights.
        head_names: submodules that may start fresh when training starts from other weights.
        float32_modules: names of the submodules that compute in float32 at any precision, because
            rounding them changes the embeddings.
    """

    info: ModelInfo
    head_names: tuple[str, ...]
    float32_modules: tuple[str, ...] = ()

    def __init__(self, sizes: HeadSizes, stride: int, strides: tuple[int, ...]) -> None:
        """Store the sizes.

        Raises:
            ValueError: if the stride is none of `strides`.
        """
        super().__init__()
        if stride not in strides:
            raise ValueError(f'stride must be one of {strides}, got {stride}')
        self.sizes = sizes
        self.stride = stride

    @abstractmethod
    def features(self, images: Tensor) -> Any:
        """Map float32 [B, 3, H, W], RGB in 0..1, to what `dense` takes."""

    @abstractmethod
    def dense(self, features: Any) -> dict[str, Tensor]:
        """Return float32 maps, from which `predictions` reads everything else."""

    @abstractmethod
    def predictions(self, maps: dict[str, Tensor]) -> Predictions:
        """Return the predictions that the dense maps hold."""

    @abstractmethod
    def whole_maps(self, images: Tensor) -> dict[str, Tensor]:
        """Return maps that can be read without the network's weights, for exported files."""

    @abstractmethod
    def move_scores(self, slope: float, shift: float) -> None:
        """Replace the logit x of every score by slope * x + shift, to calibrate scores."""


def check_multiple(images: Tensor) -> None:
    """Raise ValueError unless height and width of [B, 3, H, W] are multiples of 32."""
    height, width = images.shape[-2:]
    if height % SIZE_MULTIPLE or width % SIZE_MULTIPLE:
        raise ValueError(
            f'input width and height must be multiples of {SIZE_MULTIPLE}, got {width} x {height}'
        )
