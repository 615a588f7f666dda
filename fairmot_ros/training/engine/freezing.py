# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Freezing of modules, and learning rates by module."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from torch import nn

from fairmot_ros.training.config import ConfigError


def freeze(network: nn.Module, names: Sequence[str]) -> None:
    """Disable the gradients of modules, given by name.

    Raises:
        ConfigError: if the network has no module of that name.
    """
    for name in names:
        _module(network, name, 'freeze').requires_grad_(False)


def set_modes(network: nn.Module, frozen: Sequence[str], freeze_batch_norm: bool) -> None:
    """Set a network to training mode, and its frozen modules to evaluation mode.

    Args:
        network: network to train.
        frozen: names of the frozen modules.
        freeze_batch_norm: also set all batch norms to evaluation mode.
    """
    network.train()
    for name in frozen:
        network.get_submodule(name).eval()
    if freeze_batch_norm:
        for module in network.modules():
            if isinstance(module, nn.BatchNorm2d):
                module.eval()


def parameter_groups(
    network: nn.Module, objective: nn.Module, factors: Mapping[str, float]
) -> list[dict[str, Any]]:
    """Group the trainable parameters for an optimiser by their learning rate.

    Args:
        network: network to train; frozen parameters are skipped.
        objective: loss; its parameters have the factor 1.
        factors: factors on the learning rate by module name; the longest name that matches a
            parameter applies.

    Returns:
        Groups with `params` and `factor`; the group with factor 1 comes first.

    Raises:
        ConfigError: if the network has no module of a name, or all parameters are frozen.
    """
    for name in factors:
        _module(network, name, 'rate_factors')
    groups: dict[float, list[nn.Parameter]] = {1.0: []}
    for key, parameter in network.named_parameters():
        if parameter.requires_grad:
            matching = [name for name in factors if key.startswith(f'{name}.')]
            factor = float(factors[max(matching, key=len)]) if matching else 1.0
            groups.setdefault(factor, []).append(parameter)
    if not any(groups.values()):
        raise ConfigError('freeze: all of the network is frozen, nothing is left to train')
    groups[1.0] += objective.parameters()
    return [{'params': group, 'factor': factor} for factor, group in groups.items() if group]


def _module(network: nn.Module, name: str, setting: str) -> nn.Module:
    try:
        return network.get_submodule(name)
    except AttributeError as error:
        known = ', '.join(child for child, _ in network.named_children())
        raise ConfigError(
            f'{setting}: the network has no module {name!r}; its modules are {known}'
        ) from error
