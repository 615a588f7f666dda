# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Every architecture by its published name: a new one is one file and one line here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial

from torch import Tensor

from fairmot_ros.network.base import PUBLISHED_STRIDE, HeadSizes, ModelInfo, Network
from fairmot_ros.network.dla import DLA34, plain_conv3x3
from fairmot_ros.network.grid import GridPredictions
from fairmot_ros.network.heat_map import from_whole_maps
from fairmot_ros.network.hrnet import JOINED_CHANNELS, HRNet18
from fairmot_ros.network.predictions import Predictions
from fairmot_ros.network.resnet import ResNetDCN, ResNetFPN
from fairmot_ros.network.yolo import Yolo
from fairmot_ros.network.yolox import YoloxNano

State = Mapping[str, Tensor]
ReadOption = Callable[[State], int]
Options = dict[str, tuple[str, ReadOption]]


def size_of(key: str, axis: int) -> tuple[str, ReadOption]:
    """Return how to read an option off a checkpoint that is the size of one of its tensors."""
    return key, lambda state: state[key].shape[axis]


def stride_by_channels(channels: dict[int, int]) -> tuple[str, ReadOption]:
    """Return how to read the stride off a checkpoint: from the channels that the heads see.

    Args:
        channels: those at each stride, the same for all networks of the architecture.
    """
    strides = {count: stride for stride, count in channels.items()}
    return 'hm.0.weight', lambda s: strides.get(s['hm.0.weight'].shape[1], PUBLISHED_STRIDE)


def yolo_stride(state: State) -> int:
    """Read the stride of a `yolo` checkpoint: the number of its layers determines it."""
    last = max(int(k.split('.')[2]) for k in state if k.startswith('backbone.model.'))
    return {17: 8, 25: 2}.get(last, PUBLISHED_STRIDE)


def yolo_id_channels(state: State) -> int:
    """Read the width of a `yolo` checkpoint's neck for the embedding; 0 if it has none."""
    has_neck = any(key.startswith('id_neck.') for key in state)
    return state['id.0.weight'].shape[1] if has_neck else 0


def yolox_reid_dim(state: State) -> int:
    """Read the embedding size of a `yolox_nano` checkpoint; 0 if it has no embedding branch."""
    projection = state.get('id.project.weight')
    return 0 if projection is None else projection.shape[0]


def yolox_id_channels(state: State) -> int:
    """Read the width of a `yolox_nano` checkpoint's embedding branch."""
    projection = state.get('id.project.weight')
    return 64 if projection is None else projection.shape[1]


def yolox_stride(state: State) -> int:
    """Read the stride of a `yolox_nano` checkpoint's embedding map."""
    fine = state.get('id.from_fine.conv.weight')
    return 8 if fine is None or fine.shape[2] == 3 else 4


HEAD_CONV = size_of('hm.0.weight', 0)
DLA_OPTIONS: Options = {
    'head_conv': HEAD_CONV,
    'stride': stride_by_channels({2: 32, 4: 64, 8: 128}),
}
RESNET_OPTIONS = DLA_OPTIONS  # the same channels at each stride
FAIRMOT_SIZES: Options = {
    'num_classes': size_of('hm.2.weight', 0),
    'reid_dim': size_of('id.2.weight', 0),
    'wh_channels': size_of('wh.2.weight', 0),
}
YOLOX_KEY = 'head.8.cls_pred.weight'


@dataclass(frozen=True)
class Architecture:
    """How to build a network and how to recognise its checkpoints.

    Attributes:
        build: called with HeadSizes and keyword options.
        has_keys: keys that a checkpoint of this architecture contains.
        options: option name -> (required key, function that reads the value).
        lacks_keys: keys that it does not contain.
        sizes: as `options`, for the sizes of the heads.
        read_whole_maps: called with the maps of `Network.whole_maps` and the input's width.
        reid_dim: the embedding size of the published model.
        enlarge_images: whether images smaller than the input are enlarged; otherwise they are
            only padded.
    """

    build: Callable[..., Network]
    has_keys: tuple[str, ...]
    options: Options
    lacks_keys: tuple[str, ...] = ()
    sizes: Options = field(default_factory=lambda: FAIRMOT_SIZES)
    read_whole_maps: Callable[[Mapping[str, Tensor], int], Predictions] = from_whole_maps
    reid_dim: int = 128
    enlarge_images: bool = True


ARCHITECTURES: dict[str, Architecture] = {
    'dla_34': Architecture(
        DLA34,
        ('base.level0.0.weight', 'ida_up.proj_1.conv.conv_offset_mask.weight'),
        DLA_OPTIONS,
    ),
    'dlaconv_34': Architecture(
        partial(DLA34, make_conv=plain_conv3x3),
        ('base.level0.0.weight', 'ida_up.proj_1.conv.weight'),
        DLA_OPTIONS,
        lacks_keys=('ida_up.proj_1.conv.conv_offset_mask.weight',),
    ),
    'hrnet_18': Architecture(
        HRNet18,
        ('stage4.2.fuse_layers.3.2.0.0.weight',),
        {'head_conv': HEAD_CONV, 'stride': stride_by_channels(JOINED_CHANNELS)},
    ),
    'resdcn_18': Architecture(
        partial(ResNetDCN, depth=18),
        ('deconv_layers.0.conv_offset_mask.weight', 'layer3.1.conv1.weight'),
        RESNET_OPTIONS,
        lacks_keys=('layer3.2.conv1.weight',),
    ),
    'resdcn_34': Architecture(
        partial(ResNetDCN, depth=34),
        ('deconv_layers.0.conv_offset_mask.weight', 'layer3.2.conv1.weight'),
        RESNET_OPTIONS,
        lacks_keys=('layer1.0.conv3.weight',),
    ),
    'resdcn_50': Architecture(
        partial(ResNetDCN, depth=50),
        ('deconv_layers.0.conv_offset_mask.weight', 'layer1.0.conv3.weight'),
        RESNET_OPTIONS,
    ),
    'resfpndcn_34': Architecture(
        partial(ResNetFPN, depth=34),
        ('smooth_layer1.conv.weight', 'layer3.2.conv1.weight'),
        RESNET_OPTIONS,
    ),
    'yolo': Architecture(
        Yolo,
        ('backbone.model.0.conv.conv.weight',),
        {
            'head_conv': HEAD_CONV,
            'stem_channels': size_of('backbone.model.0.conv.conv.weight', 0),
            'stride': ('backbone.model.0.conv.conv.weight', yolo_stride),
            'id_channels': ('id.0.weight', yolo_id_channels),
        },
        reid_dim=64,
    ),
    'yolox_nano': Architecture(
        YoloxNano,
        (YOLOX_KEY,),
        {'stride': (YOLOX_KEY, yolox_stride), 'id_channels': (YOLOX_KEY, yolox_id_channels)},
        sizes={'num_classes': size_of(YOLOX_KEY, 0), 'reid_dim': (YOLOX_KEY, yolox_reid_dim)},
        read_whole_maps=GridPredictions,
        reid_dim=128,
        # Trained on people up to the input size, but not on blurred, enlarged images.
        enlarge_images=False,
    ),
}


def architectures() -> list[str]:
    """Return the names that `create_network` knows."""
    return sorted(ARCHITECTURES)


def create_network(
    architecture: str,
    num_classes: int = 1,
    reid_dim: int | None = None,
    *,
    wh_channels: int = 4,
    **options: int,
) -> Network:
    """Build a network with fresh weights, in training mode.

    Args:
        architecture: one of `architectures()`.
        num_classes: number of heat maps.
        reid_dim: embedding size; the architecture's published size by default.
        wh_channels: 4 (distances to the box's sides) or 2 (width and height).
        **options: of the architecture. The published ones take `head_conv`
            (channels inside the heads) and `stride` (2, 4 or 8 input pixels per cell of the
            maps; 4 as published): the aggregation ends one level higher or lower.

    Raises:
        ValueError: on an unknown architecture or option, or a size out of range.

    Examples:
        >>> import torch
        >>> from fairmot_ros.network import create_network
        >>> network = create_network('yolo', num_classes=1, reid_dim=64).eval()
        >>> maps = network(torch.zeros(1, 3, 320, 576))
        >>> for name in ('hm', 'wh', 'id', 'reg'):
        ...     print(name, list(maps[name].shape))
        hm [1, 1, 80, 144]
        wh [1, 4, 80, 144]
        id [1, 64, 80, 144]
        reg [1, 2, 80, 144]
    """
    known = ARCHITECTURES.get(architecture)
    if known is None:
        raise ValueError(
            f'unknown architecture {architecture!r}, expected one of {", ".join(architectures())}'
        )
    unknown = sorted(set(options) - set(known.options))
    if unknown:
        raise ValueError(
            f'{architecture} does not take the option {", ".join(unknown)}; '
            f'it takes {", ".join(known.options)}'
        )
    sizes = HeadSizes(num_classes, known.reid_dim if reid_dim is None else reid_dim, wh_channels)
    network = known.build(sizes, **options)
    labels = ('person',) if num_classes == 1 else tuple(map(str, range(num_classes)))
    network.info = ModelInfo(architecture, name=architecture, labels=labels)
    return network
