# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""FairMOT's output heads, which all published architectures share."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from fairmot_ros.network.base import PUBLISHED_STRIDE, HeadSizes, Network, check_multiple
from fairmot_ros.network.heat_map import HeatMapPredictions

HEATMAP_PRIOR_BIAS = -2.19  # sigmoid gives 0.1: few cells hold a centre (CenterNet)
HEADS = ('hm', 'wh', 'id', 'reg')
HEADS_AT_PEAKS = HEADS[1:]  # those that are read where the heat map has its peaks
STRIDES = (2, 4, 8)  # of the maps; the published networks have 4 alone


class Head(nn.Sequential):
    """Conv 3x3, activation, conv 1x1."""

    def __init__(
        self,
        in_channels: int,
        hidden: int,
        out_channels: int,
        activation: nn.Module,
        *,
        bias: float = 0.0,
    ) -> None:
        """Start with all biases zero, except `bias` in the last layer."""
        first = nn.Conv2d(in_channels, hidden, 3, padding=1)
        last = nn.Conv2d(hidden, out_channels, 1)
        for layer, value in ((first, 0.0), (last, bias)):
            assert layer.bias is not None
            nn.init.constant_(layer.bias, value)
        super().__init__(first, activation, last)

    def on_squares(self, squares: Tensor) -> Tensor:
        """Return the values of the map at the centres of squares, without computing the map.

        Args:
            squares: [B, K, 9, in_channels], see `squares_around`.

        Returns:
            [B, K, out_channels].
        """
        first, activation, last = self
        assert isinstance(first, nn.Conv2d) and isinstance(last, nn.Conv2d)
        weight = first.weight.permute(0, 2, 3, 1).flatten(1)  # [hidden, 9 * in_channels]
        hidden = activation(F.linear(squares.flatten(2), weight, first.bias))
        return F.linear(hidden, last.weight.flatten(1), last.bias)


def squares_around(features: Tensor, cells: Tensor) -> Tensor:
    """Return the 3 x 3 cells around some cells, [B, K, 9, C]; zero beyond the border.

    Args:
        features: [B, C, H, W].
        cells: int64 [B, K], y * W + x.
    """
    height, width = features.shape[2:]
    step = torch.arange(-1, 2, device=cells.device)
    # Not repeat_interleave: before torch 2.2 it copies from the host, which no CUDA graph may.
    y = (cells // width)[:, :, None] + step[:, None].expand(3, 3).flatten()
    x = (cells % width)[:, :, None] + step.repeat(3)
    inside = (y >= 0) & (y < height) & (x >= 0) & (x < width)
    places = ((y * width + x) * inside).flatten(1)  # [B, K * 9]
    flat = features.permute(0, 2, 3, 1).flatten(1, 2)  # a view, if channels come last
    found = flat.gather(1, places[:, :, None].expand(-1, -1, flat.shape[2]))
    return found.unflatten(1, inside.shape[1:]) * inside[..., None]


class FairMOTNetwork(Network):
    """Base of the published architectures: `features` at the network's stride, then the heads.

    The heads are attributes of the network itself, as in the published checkpoints.
    """

    head_order = HEADS
    head_names = HEADS

    def __init__(self, sizes: HeadSizes, stride: int = PUBLISHED_STRIDE) -> None:
        """Store the sizes.

        Raises:
            ValueError: if the stride is none of STRIDES, or there is no embedding.
        """
        if sizes.reid_dim < 1:
            raise ValueError(f'reid_dim must be at least 1, got {sizes.reid_dim}')
        super().__init__(sizes, stride, STRIDES)

    def add_heads(self, in_channels: int, hidden: int, activation: type[nn.Module]) -> None:
        """Register the heads in `head_order`."""
        channels = {
            'hm': self.sizes.num_classes,
            'wh': self.sizes.wh_channels,
            'id': self.sizes.reid_dim,
            'reg': 2,
        }
        for name in self.head_order:
            bias = HEATMAP_PRIOR_BIAS if name == 'hm' else 0.0
            head = Head(in_channels, hidden, channels[name], activation(), bias=bias)
            self.add_module(name, head)

    def features(self, images: Tensor) -> Tensor:
        """Map float32 [B, 3, H, W], RGB in 0..1, to [B, C, H / stride, W / stride]."""
        raise NotImplementedError

    def forward(self, images: Tensor) -> dict[str, Tensor]:
        """Return the raw maps, one cell for `stride` x `stride` pixels.

        Args:
            images: float32 [B, 3, H, W], RGB in 0..1; H and W multiples of 32.

        Returns:
            ``hm`` heat-map logits, ``wh`` box distances in cells, ``id`` embeddings of any
            length, ``reg`` offset (x, y) of the centre inside its cell.

        Raises:
            ValueError: if the image's size is not a multiple of 32.
        """
        check_multiple(images)
        return self.heads(self.features(images))

    def whole_maps(self, images: Tensor) -> dict[str, Tensor]:
        return self(images)

    def dense(self, features: Tensor) -> dict[str, Tensor]:
        """Return the heat maps, and the features from which the other heads follow.

        Boxes and embeddings are read at a few dozen of some twenty thousand cells; to compute
        them everywhere takes about a third of the time of a light network.
        """
        features = features.float()
        return {'hm': self.heat_maps(features), 'features': features}

    def predictions(self, maps: dict[str, Tensor]) -> HeatMapPredictions:
        @torch.inference_mode()
        def read(row: int, cells: Tensor, names: tuple[str, ...]) -> dict[str, Tensor]:
            heads = self.heads_at(maps['features'][row : row + 1], cells[None], names)
            return {name: values[0] for name, values in heads.items()}

        return HeatMapPredictions(maps['hm'], read, self.stride)

    @torch.no_grad()
    def move_scores(self, slope: float, shift: float) -> None:
        last = self.get_submodule('hm.2')
        assert isinstance(last, nn.Conv2d) and last.bias is not None
        last.weight.mul_(slope)
        last.bias.mul_(slope).add_(shift)

    def heads(self, features: Tensor) -> dict[str, Tensor]:
        """Map features [B, C, H / stride, W / stride] to the raw maps."""
        return {name: getattr(self, name)(features[:, self.channels_of(name)]) for name in HEADS}

    def heat_maps(self, features: Tensor) -> Tensor:
        """Return the raw map ``hm`` alone."""
        return self.get_submodule('hm')(features[:, self.channels_of('hm')])

    def heads_at(
        self, features: Tensor, cells: Tensor, names: tuple[str, ...] = HEADS_AT_PEAKS
    ) -> dict[str, Tensor]:
        """Read heads other than ``hm`` at cells, without computing whole maps.

        Args:
            features: [B, C, H / stride, W / stride].
            cells: int64 [B, K], y * W + x.
            names: of the heads.

        Returns:
            Each head by its name, [B, K, channels].
        """
        squares = squares_around(features, cells)
        return {
            name: getattr(self, name).on_squares(squares[..., self.channels_of(name)])
            for name in names
        }

    def channels_of(self, head: str) -> slice:
        """Return which channels of the features a head sees: all, unless overridden."""
        return slice(None)
