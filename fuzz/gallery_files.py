# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Gallery files with enrolled identities."""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path

import numpy as np
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from fairmot_ros.tracker.gallery import Gallery
from fairmot_ros.tracker.gallery.gallery_file import GalleryFileError, load, save
from fuzz.arrays import altered_archives
from fuzz.mutations import damaged
from fuzz.target import file_target


@cache
def small_gallery() -> bytes:
    """Return a file of two enrolled identities."""
    gallery = Gallery(model='one')
    for name, embedding in (('ann', [1, 0, 0, 0]), ('bob', [0, 1, 0, 0])):
        gallery.enrol(name, embedding)
    with tempfile.TemporaryDirectory() as folder:
        save(gallery, Path(folder) / 'people.npz')
        return (Path(folder) / 'people.npz').read_bytes()


def inputs() -> SearchStrategy[bytes]:
    """Return the strategy for gallery files."""
    return st.one_of(damaged(small_gallery()), altered_archives(small_gallery()))


def read(path: Path) -> None:
    """Enrol the identities of a file; a refused file must not change the gallery."""
    gallery = Gallery(model='one')
    try:
        load(gallery, path)
    except GalleryFileError:
        assert not list(gallery.enrolled())
        raise
    for name, class_id, embedding in gallery.enrolled():
        assert isinstance(name, str) and name
        assert isinstance(class_id, int)
        assert np.isclose(np.linalg.norm(embedding), 1, atol=1e-3)


TARGETS = (file_target('gallery file', GalleryFileError, inputs, read, 'people.npz'),)
