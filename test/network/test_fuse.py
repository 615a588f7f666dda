from collections.abc import Callable

import pytest
import torch
from torch import nn

from fairmot_ros.network import architectures, create_network
from fairmot_ros.network.fuse import fuse_batch_norms


def count_norms(network: nn.Module) -> int:
    return sum(isinstance(m, nn.BatchNorm2d) for m in network.modules())


@pytest.mark.parametrize('architecture', architectures())
@torch.no_grad()
def test_fused_networks_answer_alike(architecture: str, with_named_weights: Callable) -> None:
    network = with_named_weights(create_network(architecture))
    images = torch.rand(1, 3, 32, 64)
    expected, norms = network(images), count_norms(network)
    # Fused and with channels last in memory, as the detector runs it.
    fused = fuse_batch_norms(network).to(memory_format=torch.channels_last)
    got = fused(images.contiguous(memory_format=torch.channels_last))
    assert count_norms(network) < norms / 2  # those behind deformable convolutions stay
    for name, value in expected.items():
        assert (got[name] - value).abs().max() <= 1e-4 * value.abs().max(), name
