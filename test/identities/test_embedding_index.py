# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0

from __future__ import annotations

import numpy as np
import pytest

from fairmot_ros.identities import embedding_index
from fairmot_ros.identities.embedding_index import ENROLLED, EmbeddingIndex

SIZE = 24


def units(count: int, seed: int = 0) -> np.ndarray:
    vectors = np.random.default_rng(seed).normal(size=(count, SIZE)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


@pytest.fixture(params=['exact', 'index'])
def is_exact(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> bool:
    if request.param == 'index':
        pytest.importorskip('hnswlib', reason='the optional package hnswlib is not installed')
        monkeypatch.setattr(embedding_index, 'EXACT', 50)
    return request.param == 'exact'


def filled(count: int) -> tuple[EmbeddingIndex, np.ndarray]:
    index, vectors = EmbeddingIndex(SIZE), units(count)
    for number, vector in enumerate(vectors, 1):
        index.put(number, 'a/1', vector, 0.0, 8)
    if index._approximate is not None:
        index._approximate.wait()
    return index, vectors


def test_every_embedding_is_found_before_and_after_removals(is_exact: bool) -> None:
    index, vectors = filled(300)
    assert (index._approximate is None) == is_exact
    for number in range(1, 301, 3):
        assert index.remove(number)
    for number, vector in enumerate(vectors, 1):
        found = index.nearest(vector, 3, -1.0)
        assert (found[0][0] == number) == (number % 3 != 1)
        assert len({identity for identity, _ in found}) == 3
    assert len(index) == 200
    for number in range(1, 301, 3):
        index.put(number, 'b/1', vectors[number - 1], 1.0, 8)
    found = [index.nearest(vector, 1, 0.99)[0][0] for vector in vectors]
    assert found == list(range(1, 301))


def test_a_changed_embedding_is_found_and_the_former_one_is_not(is_exact: bool) -> None:
    index, vectors = filled(100)
    (changed,) = units(1, seed=9)
    index.put(7, 'a/1', changed, 1.0, 8)
    assert index.nearest(changed, 1, 0.99)[0][0] == 7
    assert index.nearest(vectors[6], 1, 0.99) == []


def test_removed_embeddings_are_overwritten() -> None:
    index, vectors = filled(10)
    index.remove(3)
    assert not any((row == vectors[2]).all() for row in index._embeddings)


def test_the_newest_views_are_kept_and_enrolled_ones_apart() -> None:
    index, vectors = EmbeddingIndex(SIZE), units(10)
    for number in range(5):
        index.put(1, f'a/{number}', vectors[number], float(number), 2)
    for number in range(5, 8):
        index.put(1, f'{ENROLLED}{number}', vectors[number], 0.0, 2)
    assert list(index.views(1)) == ['a/3', 'a/4', f'{ENROLLED}6', f'{ENROLLED}7']
    assert index.expire(oldest=4.0) == [(1, 'a/3')]
    assert index.count(1) == 3


def test_another_size_is_refused() -> None:
    with pytest.raises(ValueError, match='has 3 numbers; expected 24'):
        filled(2)[0].nearest(np.ones(3, np.float32), 1, 0.0)
