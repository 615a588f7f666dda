# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0

from collections.abc import Callable

import pytest
import torch
from torch import nn

from fairmot_ros.network import architectures, create_network
from fairmot_ros.network.fuse import fuse_batch_norms, optimise_for_inference


def count_norms(network: nn.Module) -> int:
    return sum(isinstance(m, nn.BatchNorm2d) for m in network.modules())


@pytest.mark.parametrize('architecture', architectures())
@torch.no_grad()
def test_fused_networks_answer_alike(architecture: str, with_named_weights: Callable) -> None:
    network = with_named_weights(create_network(architecture))
    images = torch.rand(1, 3, 32, 64)
    expected, norms = network.whole_maps(images), count_norms(network)
    # Fused and with channels last in memory, as the detector runs it.
    fused = fuse_batch_norms(network).to(memory_format=torch.channels_last)
    got = fused.whole_maps(images.contiguous(memory_format=torch.channels_last))
    assert count_norms(network) < norms / 2  # those behind deformable convolutions stay
    for name, value in expected.items():
        assert (got[name] - value).abs().max() <= 1e-4 * value.abs().max(), name


@pytest.mark.parametrize(('architecture', 'head'), [('yolo', 'hm'), ('yolox_nano', 'scores_8')])
def test_inference_order_of_the_first_layer_changes_nothing(architecture: str, head: str) -> None:
    torch.manual_seed(0)
    network = create_network(architecture, reid_dim=8).eval()
    images = torch.rand(2, 3, 64, 96)
    with torch.inference_mode():
        expected = network.whole_maps(images)[head]
        got = optimise_for_inference(optimise_for_inference(network)).whole_maps(images)[head]
    assert torch.allclose(expected, got, atol=1e-5)
