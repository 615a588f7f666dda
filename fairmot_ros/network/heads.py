"""The output heads that every architecture shares."""

from __future__ import annotations

from dataclasses import dataclass, field

import torch
import torch.nn.functional as F
from torch import Tensor, nn

HEATMAP_PRIOR_BIAS = -2.19  # sigmoid gives 0.1: few cells hold a centre (CenterNet)
PUBLISHED_STRIDE = 4
HEADS = ('hm', 'wh', 'id', 'reg')
HEADS_AT_PEAKS = HEADS[1:]  # those that are read where the heat map has its peaks
STRIDES = (2, 4, 8)  # of the maps; the published networks have 4 alone


@dataclass(frozen=True)
class HeadSizes:
    """Output channels of the four heads.

    Attributes:
        num_classes: heat maps.
        reid_dim: length of the embedding.
        wh_channels: 4 for distances to left, top, right, bottom; 2 for width and height.
    """

    num_classes: int = 1
    reid_dim: int = 128
    wh_channels: int = 4

    def __post_init__(self) -> None:
        for name in ('num_classes', 'reid_dim'):
            if getattr(self, name) < 1:
                raise ValueError(f'{name} must be at least 1, got {getattr(self, name)}')
        if self.wh_channels not in (2, 4):
            raise ValueError(f'wh_channels must be 2 or 4, got {self.wh_channels}')

    def channels(self) -> dict[str, int]:
        """Return the channels of each head by its name in the checkpoints."""
        return {
            'hm': self.num_classes,
            'wh': self.wh_channels,
            'id': self.reid_dim,
            'reg': 2,
        }


@dataclass(frozen=True)
class ModelInfo:
    """What is known about a network beside its weights.

    Attributes:
        architecture: its published name.
        name: of the model; the architecture's where the file tells none.
        sha256: of the file the weights came from, empty for fresh weights.
        input_size: (width, height) the model was made for, or None if the file tells none.
        near_height: people taller than so many pixels at the network's input are better seen at
            half the size; 0 if the file tells none.
        labels: name of each class.
    """

    architecture: str
    name: str = ''
    sha256: str = ''
    input_size: tuple[int, int] | None = None
    labels: tuple[str, ...] = field(default=('person',))
    near_height: int = 0


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
        """Return what the map holds at the middle of squares, without computing the map.

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
    y = (cells // width)[:, :, None] + step.repeat_interleave(3)
    x = (cells % width)[:, :, None] + step.repeat(3)
    inside = (y >= 0) & (y < height) & (x >= 0) & (x < width)
    places = (y * width + x).where(inside, 0).flatten(1)  # [B, K * 9]
    flat = features.permute(0, 2, 3, 1).flatten(1, 2)  # a view, if channels come last
    found = flat.gather(1, places[:, :, None].expand(-1, -1, flat.shape[2]))
    return found.unflatten(1, inside.shape[1:]) * inside[..., None]


class FairMOTNetwork(nn.Module):
    """Base of all architectures: `features` at the network's stride, then the four heads.

    The heads are attributes of the network itself, as in the published checkpoints.

    Attributes:
        sizes: output channels of the heads.
        stride: input pixels per cell of the maps.
        info: where the network comes from.
    """

    head_order = HEADS
    info: ModelInfo

    def __init__(self, sizes: HeadSizes, stride: int = PUBLISHED_STRIDE) -> None:
        """Keep the sizes.

        Raises:
            ValueError: if the stride is none of STRIDES.
        """
        super().__init__()
        if stride not in STRIDES:
            raise ValueError(f'stride must be one of {STRIDES}, got {stride}')
        self.sizes = sizes
        self.stride = stride

    def add_heads(self, in_channels: int, hidden: int, activation: type[nn.Module]) -> None:
        """Register the heads in `head_order`."""
        channels = self.sizes.channels()
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
        height, width = images.shape[-2:]
        if height % 32 or width % 32:
            raise ValueError(
                f'input width and height must be multiples of 32, got {width} x {height}'
            )
        return self.heads(self.features(images))

    def heads(self, features: Tensor) -> dict[str, Tensor]:
        """Map features [B, C, H / stride, W / stride] to the raw maps."""
        return {name: getattr(self, name)(features[:, self.channels_of(name)]) for name in HEADS}

    def heat_maps(self, features: Tensor) -> Tensor:
        """Return the raw map ``hm`` alone."""
        return self.get_submodule('hm')(features[:, self.channels_of('hm')])

    def heads_at(self, features: Tensor, cells: Tensor) -> dict[str, Tensor]:
        """Read the heads other than ``hm`` at cells, without computing whole maps.

        Args:
            features: [B, C, H / stride, W / stride].
            cells: int64 [B, K], y * W + x.

        Returns:
            ``wh``, ``id`` and ``reg``, each [B, K, channels].
        """
        squares = squares_around(features, cells)
        return {
            name: getattr(self, name).on_squares(squares[..., self.channels_of(name)])
            for name in HEADS_AT_PEAKS
        }

    def channels_of(self, head: str) -> slice:
        """Return which channels of the features a head sees: all, unless overridden."""
        return slice(None)
