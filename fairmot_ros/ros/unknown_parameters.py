"""Parameters that were given and mean nothing: ROS ignores them, a misspelt one included."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import get_close_matches

from rclpy.node import Node

from fairmot_ros.former_settings import REMOVED

DECLARED_LATER = 'qos_overrides.'


def unknown_parameters(node: Node) -> list[str]:
    """Return the names that the node was given a value for and has not declared."""
    # rclpy has no public access to values before their declaration.
    given = getattr(node, '_parameter_overrides', {})
    return sorted(
        name
        for name in given
        if not node.has_parameter(name) and not name.startswith(DECLARED_LATER)
    )


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
