"""Types of values from files: what the fields of a dataclass are annotated with."""

from __future__ import annotations

import math
import types
from collections.abc import Mapping
from typing import Any, Union, get_args, get_origin, get_type_hints

NAMES = {
    bool: 'true or false',
    int: 'a whole number',
    float: 'a finite number',
    str: 'a text',
    tuple: 'a list',
    dict: 'names with values',
    type(None): 'null',
}


def check_types(kind: type, values: Mapping[str, Any]) -> None:
    """Check values for fields of a dataclass; lists may stand for tuples.

    Raises:
        ValueError: if one is of another type; names it.
    """
    hints = get_type_hints(kind)
    for name, value in values.items():
        if name in hints and not fits(value, hints[name]):
            raise ValueError(f'{name} must be {describe(hints[name])}, got {shown(value)}')


def fits(value: Any, hint: Any) -> bool:
    """Whether a value is of an annotated type.

    >>> fits([1, 2], tuple[float, ...]), fits(True, int), fits(None, str | None)
    (True, False, True)
    """
    origin, arguments = get_origin(hint), get_args(hint)
    if hint is Any:
        return True
    if origin in (Union, types.UnionType):
        return any(fits(value, argument) for argument in arguments)
    if origin is tuple:
        if not isinstance(value, (list, tuple)):
            return False
        if arguments[-1] is Ellipsis:
            return all(fits(item, arguments[0]) for item in value)
        return len(value) == len(arguments) and all(map(fits, value, arguments))
    if origin is dict:
        return isinstance(value, dict) and all(
            fits(key, arguments[0]) and fits(item, arguments[1]) for key, item in value.items()
        )
    if hint in (int, float):
        numbers = (int,) if hint is int else (int, float)
        return isinstance(value, numbers) and not isinstance(value, bool) and math.isfinite(value)
    return isinstance(value, origin or hint)


def describe(hint: Any) -> str:
    """Return what values of an annotated type are, in words.

    >>> describe(tuple[int, int]), describe(str | None)
    ('a list of 2 (a whole number)', 'a text or null')
    """
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        return ' or '.join(map(describe, arguments))
    if origin is tuple:
        count = '' if arguments[-1] is Ellipsis else f' of {len(arguments)}'
        return f'a list{count} ({describe(arguments[0])})'
    if origin is dict:
        return f'names with values ({describe(arguments[1])})'
    if hint is Any:
        return 'anything'
    return NAMES.get(hint, 'names with values')


def shown(value: Any) -> str:
    """Return a value for a message, not longer than a line."""
    text = repr(value)
    return text if len(text) <= 60 else f'{text[:60]}...'
