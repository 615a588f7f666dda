# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Parameter overrides that a node does not declare: former names and misspellings."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import get_close_matches

from rclpy.node import Node
from rclpy.parameter import Parameter

from fairmot_ros.settings.former import REMOVED, RENAMED

DECLARED_LATER = 'qos_overrides.'


def rename_former(node: Node) -> None:
    """Move overrides with former names to the current names, with a warning in the log.

    Call it before the declaration. If both names are given, the current one is used.
    """
    given = _overrides(node)
    for former in sorted(given.keys() & RENAMED.keys()):
        name, value = RENAMED[former], given.pop(former).value
        node.get_logger().warning(
            f'parameter {former} is now called {name}; rename it before version 2.0'
        )
        given.setdefault(name, Parameter(name, value=value))


def unknown_parameters(node: Node) -> list[str]:
    """Return the names of overrides that the node has not declared, except qos_overrides."""
    return sorted(
        name
        for name in _overrides(node)
        if not node.has_parameter(name) and not name.startswith(DECLARED_LATER)
    )


def unused_overrides(node: Node) -> str:
    """Return a sentence on qos_overrides that no subscription has declared, '' without any.

    Call it after all subscriptions have been created.
    """
    declared = node.get_parameters_by_prefix(DECLARED_LATER.rstrip('.'))
    known = [DECLARED_LATER + name for name in declared]
    texts = []
    for name in sorted(_overrides(node)):
        if name.startswith(DECLARED_LATER) and not node.has_parameter(name):
            meant = _most_similar(name, known)
            texts.append(name + (f' (did you mean {meant}?)' if meant else ''))
    if not texts:
        return ''
    return (
        f'parameters without effect: {", ".join(texts)}; overrides name a subscription by its '
        'topic after remapping'
    )


def _most_similar(name: str, known: Sequence[str]) -> str:
    """Return the known override that was probably meant, '' if none is similar."""
    policy = name.rpartition('.subscription.')[2]
    same_policy = [other for other in known if other.endswith(f'.subscription.{policy}')]
    if len(same_policy) == 1:
        return same_policy[0]
    similar = get_close_matches(name, known, 1, cutoff=0.75)
    return similar[0] if similar else ''


def _overrides(node: Node) -> dict[str, Parameter]:
    # rclpy has no public access to overrides before their declaration.
    return getattr(node, '_parameter_overrides', {})


def explain_unknown(unknown: Iterable[str], known: Sequence[str]) -> str:
    """Return a sentence that lists unknown parameters, with the most similar known names."""
    texts = []
    for name in unknown:
        if name in REMOVED:
            texts.append(f'{name} (removed: {REMOVED[name]})')
            continue
        meant = get_close_matches(name, known, 1, cutoff=0.75)
        texts.append(name + (f' (did you mean {meant[0]}?)' if meant else ''))
    return f'unknown parameters without effect: {", ".join(texts)}'
