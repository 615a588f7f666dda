# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Strategies for arrays and .npz files."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy
from numpy.typing import NDArray

TYPES = ('f4', 'f2', 'f8', 'i8', 'u1', '?', 'U3', 'S2', 'c8', 'M8[s]', 'O')


@st.composite
def arrays(draw: DrawFn) -> NDArray[Any]:
    """Draw a small array of any type and number of dimensions."""
    shape = draw(st.lists(st.integers(0, 4), max_size=3))
    array = np.full(shape, draw(st.sampled_from((0, 1))), dtype=draw(st.sampled_from(TYPES)))
    if array.dtype.kind == 'f' and draw(st.booleans()):
        array[...] = draw(st.sampled_from((np.nan, np.inf, 1e30)))
    return array


def _values(kind: str) -> SearchStrategy[Any]:
    """Return a strategy for values of a kind of dtype."""
    if kind == 'f':
        return st.sampled_from((0.0, 1.0, -1.0, np.nan, np.inf, 1e30))
    return st.integers(-(2**63), 2**63 - 1) if kind == 'i' else st.text(max_size=4)


@st.composite
def altered_archives(draw: DrawFn, content: bytes) -> bytes:
    """Draw a valid .npz file with some arrays replaced, changed or missing.

    Args:
        draw: function of hypothesis.
        content: content of a valid .npz file.
    """
    with np.load(io.BytesIO(content)) as file:
        arrays_by_name = {name: file[name] for name in file.files}
    for name in draw(st.lists(st.sampled_from(sorted(arrays_by_name)), max_size=3)):
        edit = draw(st.sampled_from(('other', 'value', 'value', 'missing')))
        if edit == 'missing' or name not in arrays_by_name:
            arrays_by_name.pop(name, None)
        elif edit == 'other':
            arrays_by_name[name] = draw(arrays())
        elif arrays_by_name[name].size and arrays_by_name[name].dtype.kind in 'fiU':
            place = draw(st.integers(0, arrays_by_name[name].size - 1))
            arrays_by_name[name].flat[place] = draw(_values(arrays_by_name[name].dtype.kind))
    target = io.BytesIO()
    np.savez(target, **arrays_by_name)
    return target.getvalue()
