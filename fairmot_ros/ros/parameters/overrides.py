"""Given parameters that a node does not declare: former names, misspelt ones."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import get_close_matches

from rclpy.node import Node
from rclpy.parameter import Parameter

from fairmot_ros.former_settings import REMOVED, RENAMED

DECLARED_LATER = 'qos_overrides.'


def rename_former(node: Node) -> None:
    """Give values under former names to the parameters of today, before these are declared.

    The log names both. Where both are given, the current one counts.
    """
    given = _overrides(node)
    for former in sorted(given.keys() & RENAMED.keys()):
        name, value = RENAMED[former], given.pop(former).value
        node.get_logger().warning(
            f'parameter {former} is now called {name}; rename it before version 2.0'
        )
        given.setdefault(name, Parameter(name, value=value))


def unknown_parameters(node: Node) -> list[str]:
    """Return the names that the node was given a value for and has not declared."""
    return sorted(
        name
        for name in _overrides(node)
        if not node.has_parameter(name) and not name.startswith(DECLARED_LATER)
    )


def unused_overrides(node: Node) -> str:
    """Return a sentence on qos_overrides that no subscription has declared, '' if there are none.

    To be asked when all subscriptions are there.
    """
    declared = node.get_parameters_by_prefix(DECLARED_LATER.rstrip('.'))
    known = [DECLARED_LATER + name for name in declared]
    texts = []
    for name in sorted(_overrides(node)):
        if name.startswith(DECLARED_LATER) and not node.has_parameter(name):
            meant = _override_meant(name, known)
            texts.append(name + (f' (did you mean {meant}?)' if meant else ''))
    if not texts:
        return ''
    return (
        f'given, but without effect: {", ".join(texts)}; overrides name a subscription by its '
        'topic after remapping'
    )


def _override_meant(name: str, known: Sequence[str]) -> str:
    """Return the override that was probably meant, '' if none is like it."""
    policy = name.rpartition('.subscription.')[2]
    alike = [other for other in known if other.endswith(f'.subscription.{policy}')]
    meant = alike if len(alike) == 1 else get_close_matches(name, known, 1, cutoff=0.75)
    return meant[0] if meant else ''


def _overrides(node: Node) -> dict[str, Parameter]:
    # rclpy has no public access to values before their declaration.
    return getattr(node, '_parameter_overrides', {})


def explain_unknown(unknown: Iterable[str], known: Sequence[str]) -> str:
    """Return a sentence that names what is not known, and what may have been meant."""
    texts = []
    for name in unknown:
        if name in REMOVED:
            texts.append(f'{name} (gone: {REMOVED[name]})')
            continue
        meant = get_close_matches(name, known, 1, cutoff=0.75)
        texts.append(name + (f' (did you mean {meant[0]}?)' if meant else ''))
    return f'given, but not known here and so without effect: {", ".join(texts)}'
