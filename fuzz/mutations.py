# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Strategies for damaged bytes, unusual numbers and texts, and altered nested values."""

from __future__ import annotations

import copy
import math
from collections.abc import Iterator
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

EDIT_COUNTS = (1, 1, 1, 2, 2, 3, 5)  # numbers of changes per input, by frequency
END_BYTES = 512  # at both ends of a file, where headers and indices are
#: Bytes with a special meaning in many formats: lengths, terminators, escapes.
MARKS = (
    b'\0',
    b'\n',
    b'\xff',
    b'\x7f',
    b'\x80',
    b'\0\0\0\0',
    b'\xff\xff\xff\xff',
    b'\xff\xff\xff\x7f',
    b'\x7f\xff\xff\xff',
    b'\0' * 8,
    b'\xff' * 8,
    b'-',
    b'9' * 20,
    b'nan',
    b'1e999',
    b'"',
    b'\xef\xbb\xbf',
    b'\xed\xa0\x80',
)

NUMBERS = st.one_of(
    st.sampled_from((0, -1, 1, 2**31, 2**32, 2**53 + 1, 2**63, 2**64, 10**30, -(2**63), 10**400)),
    st.sampled_from((0.5, -0.0, 1e-320, 1e38, 1e39, 1e308, math.nan, math.inf, -math.inf)),
    st.integers(-10, 10_000),
    st.floats(),
)
TEXTS = st.one_of(
    st.sampled_from(
        ('', 'a', ' ', 'a\nb', 'a\r', '\0', '1', 'nan', 'x' * 3000, '../a', '/a', '[')
    ),
    st.text(max_size=10),
)
ODD_VALUES: SearchStrategy[Any] = st.recursive(
    st.one_of(st.none(), st.booleans(), NUMBERS, TEXTS),
    lambda inner: st.one_of(
        st.lists(inner, max_size=5), st.dictionaries(TEXTS, inner, max_size=3)
    ),
    max_leaves=6,
)


@st.composite
def damaged(draw: DrawFn, content: bytes) -> bytes:
    """Draw a copy of a file with some bytes replaced, inserted, removed, repeated or cut off."""
    changed = bytearray(content)
    for _ in range(draw(st.sampled_from(EDIT_COUNTS))):
        place = draw(_offsets(len(changed)))
        edit = draw(st.sampled_from(('replace', 'mark', 'insert', 'remove', 'repeat', 'cut')))
        if edit == 'replace':
            new = draw(st.binary(min_size=1, max_size=4))
            changed[place : place + len(new)] = new
        elif edit == 'mark':
            new = draw(st.sampled_from(MARKS))
            changed[place : place + len(new)] = new
        elif edit == 'insert':
            changed[place:place] = draw(st.one_of(st.sampled_from(MARKS), st.binary(max_size=8)))
        elif edit == 'cut':
            del changed[place:]
        else:
            end = place + draw(st.integers(1, 64))
            changed[place:end] = b'' if edit == 'remove' else bytes(changed[place:end]) * 2
    return bytes(changed)


def _offsets(length: int) -> SearchStrategy[int]:
    """Return a strategy for offsets in a file that prefers both ends."""
    return st.one_of(
        st.integers(0, min(length, END_BYTES)),
        st.integers(0, length),
        st.integers(max(0, length - END_BYTES), length),
    )


@st.composite
def altered(draw: DrawFn, valid: Any, odd: SearchStrategy[Any] = ODD_VALUES) -> Any:
    """Draw a copy of a nested value with some items replaced, removed, added or repeated.

    Args:
        draw: function of hypothesis.
        valid: nested dicts and lists.
        odd: strategy for the replacements.
    """
    whole = [copy.deepcopy(valid)]
    for _ in range(draw(st.sampled_from((*EDIT_COUNTS, 0)))):
        places = list(_items(whole))
        container, key = places[draw(st.integers(0, len(places) - 1))]
        edit = draw(st.sampled_from(('replace', 'remove', 'add', 'repeat')))
        if edit == 'replace' or container is whole:
            container[key] = draw(odd)
        elif edit == 'remove':
            del container[key]
        elif isinstance(container, dict):
            name = draw(st.one_of(TEXTS, st.integers(-1, 3), st.none()))
            container[name] = draw(odd) if edit == 'add' else copy.deepcopy(container[key])
        else:
            container.append(draw(odd) if edit == 'add' else copy.deepcopy(container[key]))
    return whole[0]


def _items(container: Any) -> Iterator[tuple[Any, Any]]:
    """Yield container and key of every item in a nested value, outermost first."""
    keys = list(container) if isinstance(container, dict) else range(len(container))
    for key in keys:
        yield container, key
        if isinstance(container[key], (dict, list)):
            yield from _items(container[key])
