# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from fairmot_ros.identities import IdentityResolver, export_gallery, import_gallery
from fairmot_ros.tracker.gallery import Gallery, gallery_file


def unit(seed: int) -> np.ndarray:
    vector = np.random.default_rng(seed).normal(size=16).astype(np.float32)
    return vector / np.linalg.norm(vector)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    gallery = Gallery(model='net:1')
    gallery.enrol('Ada', np.array([unit(1), unit(2)]))
    gallery.enrol('Max', unit(3))
    gallery_file.save(gallery, tmp_path / 'gallery.npz')
    return tmp_path / 'gallery.npz'


def test_a_gallery_comes_back_unchanged(path: Path, tmp_path: Path) -> None:
    resolver = IdentityResolver()
    assert import_gallery(resolver, path) == 2
    assert [(k.name, k.embeddings) for k in resolver.identities()] == [('Ada', 2), ('Max', 1)]
    assert resolver.query(unit(2), 'net:1')[0].name == 'Ada'
    assert export_gallery(resolver, tmp_path / 'again.npz', 'net:1') == 2
    before, after = (gallery_file.read(p) for p in (path, tmp_path / 'again.npz'))
    assert before[0] == after[0]
    for one, two in zip(before[1], after[1]):
        assert one[:2] == two[:2]
        np.testing.assert_allclose(one.embedding, two.embedding, atol=1e-6)


def test_only_the_chosen_model_is_exported(path: Path, tmp_path: Path) -> None:
    resolver = IdentityResolver()
    import_gallery(resolver, path)
    assert export_gallery(resolver, tmp_path / 'other.npz', 'net:2') == 0


def test_another_size_is_refused_before_anything_is_enrolled(path: Path) -> None:
    resolver = IdentityResolver()
    resolver.enrol('Eve', embeddings=np.ones(8), model='net:1')
    with pytest.raises(ValueError, match='has 16 numbers; expected 8'):
        import_gallery(resolver, path)
    assert [k.name for k in resolver.identities()] == ['Eve']


def test_a_class_without_a_label_is_refused(path: Path) -> None:
    with pytest.raises(ValueError, match='Ada has class 0; expected one below 0'):
        import_gallery(IdentityResolver(), path, labels=())
