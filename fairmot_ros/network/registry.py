"""Every architecture by its published name: a new one is one file and one line here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from fairmot_ros.network.dla import DLA34, plain_conv3x3
from fairmot_ros.network.heads import FairMOTNetwork, HeadSizes, ModelInfo
from fairmot_ros.network.hrnet import HRNet18
from fairmot_ros.network.resnet import ResNetDCN, ResNetFPN
from fairmot_ros.network.yolo import Yolo


@dataclass(frozen=True)
class Architecture:
    """How to build a network, and how a checkpoint shows that it is one.

    Attributes:
        build: called with HeadSizes and keyword options.
        has_keys: keys that a checkpoint of this architecture holds.
        lacks_keys: keys that it does not hold.
        reid_dim: the embedding size of the published model.
        options: option name -> (key, axis): where its value is read off a checkpoint.
    """

    build: Callable[..., FairMOTNetwork]
    has_keys: tuple[str, ...]
    lacks_keys: tuple[str, ...] = ()
    reid_dim: int = 128
    options: dict[str, tuple[str, int]] = field(
        default_factory=lambda: {'head_conv': ('hm.0.weight', 0)}
    )


ARCHITECTURES: dict[str, Architecture] = {
    'dla_34': Architecture(
        DLA34, ('base.level0.0.weight', 'ida_up.proj_1.conv.conv_offset_mask.weight')
    ),
    'dlaconv_34': Architecture(
        partial(DLA34, make_conv=plain_conv3x3),
        ('base.level0.0.weight', 'ida_up.proj_1.conv.weight'),
        lacks_keys=('ida_up.proj_1.conv.conv_offset_mask.weight',),
    ),
    'hrnet_18': Architecture(HRNet18, ('stage4.2.fuse_layers.3.2.0.0.weight',)),
    'resdcn_18': Architecture(
        partial(ResNetDCN, depth=18),
        ('deconv_layers.0.conv_offset_mask.weight', 'layer3.1.conv1.weight'),
        lacks_keys=('layer3.2.conv1.weight',),
    ),
    'resdcn_34': Architecture(
        partial(ResNetDCN, depth=34),
        ('deconv_layers.0.conv_offset_mask.weight', 'layer3.2.conv1.weight'),
        lacks_keys=('layer1.0.conv3.weight',),
    ),
    'resdcn_50': Architecture(
        partial(ResNetDCN, depth=50),
        ('deconv_layers.0.conv_offset_mask.weight', 'layer1.0.conv3.weight'),
    ),
    'resfpndcn_34': Architecture(
        partial(ResNetFPN, depth=34), ('smooth_layer1.conv.weight', 'layer3.2.conv1.weight')
    ),
    'yolo': Architecture(
        Yolo,
        ('backbone.model.0.conv.conv.weight',),
        reid_dim=64,
        options={
            'head_conv': ('hm.0.weight', 0),
            'stem_channels': ('backbone.model.0.conv.conv.weight', 0),
        },
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
) -> FairMOTNetwork:
    """Build a network with fresh weights, in training mode.

    Args:
        architecture: one of `architectures()`.
        num_classes: number of heat maps.
        reid_dim: embedding size; the architecture's published size by default.
        wh_channels: 4 (distances to the box's sides) or 2 (width and height).
        **options: what the architecture itself takes, `head_conv` in all of them.

    Raises:
        ValueError: on an unknown architecture or option, or a size out of range.
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
    sizes = HeadSizes(
        num_classes, known.reid_dim if reid_dim is None else reid_dim, wh_channels
    )
    network = known.build(sizes, **options)
    labels = ('person',) if num_classes == 1 else tuple(map(str, range(num_classes)))
    network.info = ModelInfo(architecture, name=architecture, labels=labels)
    return network
