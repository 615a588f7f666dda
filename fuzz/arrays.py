"""Strategies for NumPy's files of several arrays."""

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
def other_archives(draw: DrawFn, content: bytes) -> bytes:
    """Draw a sound .npz file in which some arrays are others or missing.

    Args:
        draw: hypothesis' own.
        content: of a file.
    """
    with np.load(io.BytesIO(content)) as file:
        held = {name: file[name] for name in file.files}
    for name in draw(st.lists(st.sampled_from(sorted(held)), max_size=3)):
        edit = draw(st.sampled_from(('other', 'value', 'value', 'missing')))
        if edit == 'missing' or name not in held:
            held.pop(name, None)
        elif edit == 'other':
            held[name] = draw(arrays())
        elif held[name].size and held[name].dtype.kind in 'fiU':
            place = draw(st.integers(0, held[name].size - 1))
            held[name].flat[place] = draw(_values(held[name].dtype.kind))
    target = io.BytesIO()
    np.savez(target, **held)
    return target.getvalue()
