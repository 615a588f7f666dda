# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0

import pytest
import torch
from torch import nn

from fairmot_ros.network import create_network
from fairmot_ros.training.config import ConfigError
from fairmot_ros.training.engine.freezing import freeze, parameter_groups, set_modes

OBJECTIVE = nn.Linear(2, 2)


def test_frozen_modules_get_no_gradients_and_keep_their_mode() -> None:
    network = create_network('yolox_nano', reid_dim=8)
    freeze(network, ['backbone', 'head.8'])
    set_modes(network, ['backbone', 'head.8'], freeze_batch_norm=False)
    trained = {k.split('.')[0] for k, p in network.named_parameters() if p.requires_grad}
    assert trained == {'pyramid', 'head', 'id'}
    assert not network.backbone.stem.conv.bn.training
    assert not network.head['8'].stem.bn.training
    assert network.head['16'].stem.bn.training
    assert network.training


def test_batch_norms_alone_can_keep_their_statistics() -> None:
    network = create_network('yolox_nano', reid_dim=8)
    set_modes(network, (), freeze_batch_norm=True)
    modes = {m.training for m in network.modules() if isinstance(m, nn.BatchNorm2d)}
    assert modes == {False}
    assert network.training


def test_parameters_are_grouped_by_their_factor() -> None:
    network = create_network('yolox_nano', reid_dim=8)
    freeze(network, ['pyramid'])
    factors = {'backbone': 0.1, 'backbone.dark5': 0.5, 'head': 0.1}
    groups = {g['factor']: g['params'] for g in parameter_groups(network, OBJECTIVE, factors)}
    slow = sum(len(list(m.parameters())) for m in (network.backbone, network.head))
    dark5 = len(list(network.backbone.dark5.parameters()))
    assert len(groups[0.1]) == slow - dark5
    assert len(groups[0.5]) == dark5
    assert len(groups[1.0]) == len(list(network.id.parameters())) + 2


def test_by_default_all_parameters_are_one_group_in_order() -> None:
    network = create_network('yolox_nano', reid_dim=8)
    (group,) = parameter_groups(network, OBJECTIVE, {})
    expected = [*network.parameters(), *OBJECTIVE.parameters()]
    assert all(a is b for a, b in zip(group['params'], expected, strict=True))


def test_unknown_modules_are_reported() -> None:
    network = create_network('yolox_nano', reid_dim=8)
    message = r"no module 'neck'; its modules are backbone, pyramid, head, id"
    with pytest.raises(ConfigError, match=f'freeze: the network has {message}'):
        freeze(network, ['neck'])
    with pytest.raises(ConfigError, match=f'rate_factors: the network has {message}'):
        parameter_groups(network, OBJECTIVE, {'neck': 0.1})


def test_a_run_that_trains_nothing_is_an_error() -> None:
    network = create_network('yolox_nano', reid_dim=8)
    freeze(network, ['backbone', 'pyramid', 'head', 'id'])
    with pytest.raises(ConfigError, match='nothing is left to train'):
        parameter_groups(network, torch.nn.Identity(), {})
