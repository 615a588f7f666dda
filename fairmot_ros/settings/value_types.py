# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Type checks of values read from files, by the annotations of dataclass fields."""

from __future__ import annotations

import math
import types
from collections.abc import Mapping
from typing import Any, Union, get_args, get_origin, get_type_hints

#: Descriptions of types in messages.
NAMES = {
    bool: 'true or false',
    int: 'an integer',
    float: 'a finite number',
    str: 'a string',
    tuple: 'a list',
    dict: 'a mapping',
    type(None): 'null',
}


def check_types(kind: type, values: Mapping[str, Any]) -> None:
    """Check the types of values for fields of a dataclass; lists are accepted for tuples.

    Raises:
        ValueError: if a value has another type than its field; the message names the field.
    """
    hints = get_type_hints(kind)
    for name, value in values.items():
        if name in hints and not fits(value, hints[name]):
            raise ValueError(f'{name} must be {describe(hints[name])}, got {shown(value)}')


def fits(value: Any, hint: Any) -> bool:
    """Return whether a value has an annotated type.

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
    """Return a description of an annotated type.

    >>> describe(tuple[int, int]), describe(str | None)
    ('a list of 2 (an integer)', 'a string or null')
    """
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        return ' or '.join(map(describe, arguments))
    if origin is tuple:
        count = '' if arguments[-1] is Ellipsis else f' of {len(arguments)}'
        return f'a list{count} ({describe(arguments[0])})'
    if origin is dict:
        return f'a mapping ({describe(arguments[1])})'
    if hint is Any:
        return 'anything'
    return NAMES.get(hint, NAMES[dict])


def shown(value: Any) -> str:
    """Return a value as text for a message, shortened to 60 characters."""
    text = repr(value)
    return text if len(text) <= 60 else f'{text[:60]}...'
