# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0

import torch
from torch import nn

from fairmot_ros.network import create_network
from fairmot_ros.network.batch_norms import restore_batch_norms


def folded_network() -> nn.Module:
    """A network as the import leaves it: batch norms that only add a bias."""
    torch.manual_seed(0)
    network = create_network('yolox_nano', reid_dim=8).eval()
    for norm in batch_norms(network):
        nn.init.uniform_(norm.bias, -0.5, 0.5)
        norm.running_var.fill_(1 - norm.eps)
    return network


def batch_norms(network: nn.Module) -> list[nn.BatchNorm2d]:
    return [m for m in network.modules() if isinstance(m, nn.BatchNorm2d)]


def test_the_output_stays_and_training_mode_comes_near_it() -> None:
    network = folded_network()
    images = torch.rand(4, 3, 64, 96, generator=torch.Generator().manual_seed(1))
    with torch.no_grad():
        before = network.whole_maps(images)
        restore_batch_norms(network, [images[:2], images[2:]])
        after = network.whole_maps(images)
        assert not network.training
        in_training = network.train().whole_maps(images)
    assert set(before) == set(after)
    for name, expected in before.items():
        assert (after[name] - expected).abs().max() < 1e-4, name
        # On the images themselves, statistics of the batch are those that were measured.
        assert (in_training[name] - expected).abs().max() < 1e-3 * expected.abs().max(), name


def test_statistics_are_those_of_the_inputs() -> None:
    network = folded_network()
    images = torch.rand(3, 3, 64, 64, generator=torch.Generator().manual_seed(1))
    stem = network.backbone.stem.conv
    seen = []
    hook = stem.bn.register_forward_pre_hook(lambda module, inputs: seen.append(inputs[0]))
    restore_batch_norms(network, [images])
    hook.remove()
    values = seen[0].transpose(0, 1).flatten(1)
    assert torch.allclose(stem.bn.running_mean, values.mean(1), atol=1e-5)
    assert torch.allclose(stem.bn.running_var, values.var(1, unbiased=False), atol=1e-5)


def test_without_images_nothing_changes() -> None:
    network = folded_network()
    before = {key: value.clone() for key, value in network.state_dict().items()}
    restore_batch_norms(network, [])
    assert all(torch.equal(value, before[key]) for key, value in network.state_dict().items())
