# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Gallery: storing, recalling, enrolling and forgetting identities."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from fairmot_ros.tracker.gallery import Gallery, GalleryConfig, gallery_file
from fairmot_ros.tracker.gallery.gallery_file import GalleryFileError

LEFT, RIGHT = (0, 100, 50, 250), (1800, 100, 1850, 250)
PERSON, BICYCLE = 0, 1


def embedding(seed: int, size: int = 16) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=size).astype(np.float32)


def at_distance(vector: np.ndarray, distance: float) -> np.ndarray:
    """Return a vector at a cosine distance from another one, not of unit length."""
    unit = vector / np.linalg.norm(vector)
    other = embedding(99, len(vector))
    other -= other @ unit * unit
    cosine = 1 - distance
    return 3 * (cosine * unit + np.sqrt(1 - cosine**2) * other / np.linalg.norm(other))


def remember(
    gallery: Gallery,
    track_id: int,
    seed: int,
    now: float = 0.0,
    class_id: int = PERSON,
    box: tuple = LEFT,
) -> bool:
    return gallery.remember(track_id, embedding(seed), class_id, box, now)


def arrays(root: object) -> Iterator[np.ndarray]:
    """Yield every array that is reachable from an object."""
    seen, waiting = set(), [root]
    while waiting:
        item = waiting.pop()
        if id(item) in seen or isinstance(item, type):
            continue
        seen.add(id(item))
        if isinstance(item, np.ndarray):
            yield item
        waiting += gc.get_referents(item)


def holds(gallery: Gallery, vector: np.ndarray) -> bool:
    """Return whether an embedding is anywhere in the arrays of a gallery."""
    unit = vector / np.float32(np.linalg.norm(vector))
    patterns = {v.astype(np.float32)[:4].tobytes() for v in (vector, unit)}
    assert not {b'\0' * 16} & patterns
    return any(pattern in array.tobytes() for array in arrays(gallery) for pattern in patterns)


# -- recall -----------------------------------------------------------------------------------


def test_returning_identity_is_recalled_once() -> None:
    gallery = Gallery(GalleryConfig(max_distance=0.2))
    assert remember(gallery, 7, seed=1)
    assert remember(gallery, 8, seed=2)
    assert gallery.recall(at_distance(embedding(1), 0.1), PERSON, LEFT, now=60.0) == 7
    assert gallery.recall(embedding(1), PERSON, LEFT, now=60.0) is None, 'present'
    assert len(gallery) == 1
    assert remember(gallery, 7, seed=1, now=70.0)
    assert gallery.recall(embedding(1), PERSON, LEFT, now=80.0) == 7, 'absent again'


def test_recall_returns_the_nearest_identity() -> None:
    gallery = Gallery(GalleryConfig(max_distance=0.5))
    gallery.remember(1, at_distance(embedding(1), 0.3), PERSON, LEFT, 0.0)
    gallery.remember(2, at_distance(embedding(1), 0.1), PERSON, LEFT, 0.0)
    gallery.remember(3, at_distance(embedding(1), 0.2), PERSON, LEFT, 0.0)
    recalled = [gallery.recall(embedding(1), PERSON, LEFT, now=9.0) for _ in range(4)]
    assert recalled == [2, 3, 1, None]


@pytest.mark.parametrize(
    ('distance', 'seconds', 'class_id', 'expected'),
    [
        (0.19, 59.0, PERSON, 5),
        (0.21, 59.0, PERSON, None),
        (0.19, 61.0, PERSON, None),
        (0.19, 59.0, BICYCLE, None),
    ],
)
def test_recall_respects_distance_time_and_class(
    distance: float, seconds: float, class_id: int, expected: int | None
) -> None:
    gallery = Gallery(GalleryConfig(ttl=60.0, max_distance=0.2))
    remember(gallery, 5, seed=1, now=100.0)
    assert (
        gallery.recall(at_distance(embedding(1), distance), class_id, LEFT, 100 + seconds)
        == expected
    )


@pytest.mark.parametrize(('seconds', 'expected'), [(0.2, None), (2.0, 5)])
def test_recall_respects_the_largest_speed(seconds: float, expected: int | None) -> None:
    gallery = Gallery(GalleryConfig(max_speed=10.0))
    remember(gallery, 5, seed=1, box=LEFT)  # 12 box heights from RIGHT
    assert gallery.recall(embedding(1), PERSON, RIGHT, seconds) == expected


def test_empty_gallery_returns_nothing() -> None:
    gallery = Gallery()
    assert gallery.recall(embedding(1), PERSON, LEFT, 0.0) is None
    assert gallery.query(embedding(1)) == []
    assert gallery.forget() == 0
    assert len(gallery) == 0


def test_newest_embedding_of_an_id_replaces_the_former() -> None:
    gallery = Gallery()
    remember(gallery, 5, seed=1)
    remember(gallery, 5, seed=2, now=1.0)
    assert len(gallery) == 1
    assert gallery.recall(embedding(1), PERSON, LEFT, 2.0) is None
    assert gallery.recall(embedding(2), PERSON, LEFT, 2.0) == 5


def test_restart_keeps_only_enrolled_identities() -> None:
    gallery = Gallery()
    remember(gallery, 5, seed=1, now=1e6)
    gallery.enrol('Ada', embedding(2), track_id=6)
    gallery.restart()
    assert len(gallery) == 1
    assert not holds(gallery, embedding(1))
    assert gallery.recall(embedding(2), PERSON, RIGHT, now=0.0) == 6


# -- bounds -----------------------------------------------------------------------------------


def test_full_gallery_removes_the_longest_absent_identity() -> None:
    gallery = Gallery(GalleryConfig(size=3))
    for track_id, now in ((1, 30.0), (2, 10.0), (3, 20.0), (4, 40.0)):
        assert remember(gallery, track_id, seed=track_id, now=now)
    assert len(gallery) == 3
    assert not holds(gallery, embedding(2))
    recalled = [gallery.recall(embedding(i), PERSON, LEFT, 50.0) for i in (1, 2, 3, 4)]
    assert recalled == [1, None, 3, 4]


def test_full_gallery_keeps_enrolled_identities() -> None:
    gallery = Gallery(GalleryConfig(size=2))
    gallery.enrol('Ada', embedding(1), track_id=1)
    for track_id in range(2, 50):
        assert remember(gallery, track_id, seed=track_id, now=float(track_id))
    assert gallery.names == ['Ada']
    assert len(gallery) == 2
    gallery.enrol('Bob', embedding(60))
    assert gallery.names == ['Ada', 'Bob'], 'the unnamed identity was removed'
    assert not remember(gallery, 50, seed=50, now=50.0)
    with pytest.raises(ValueError, match='full of enrolled identities'):
        gallery.enrol('Cy', embedding(61))
    assert gallery.names == ['Ada', 'Bob']


def test_memory_does_not_grow() -> None:
    gallery = Gallery(GalleryConfig(size=64))
    remember(gallery, 1, seed=1)
    before = sum(array.nbytes for array in arrays(gallery))
    for i in range(2000):
        remember(gallery, i + 1, seed=i, now=float(i))
        gallery.forget(i)
    assert sum(array.nbytes for array in arrays(gallery)) == before
    assert len(gallery._ignored_ids) <= 64


# -- enrolment -----------------------------------------------------------------------------------


def test_query_returns_name_and_id() -> None:
    gallery = Gallery(GalleryConfig(max_distance=0.2))
    gallery.enrol('Ada', embedding(1), track_id=7)
    remember(gallery, 8, seed=2)
    (match,) = gallery.query(at_distance(embedding(1), 0.1))
    assert (match.track_id, match.name) == (7, 'Ada')
    assert match.distance == pytest.approx(0.1, abs=1e-5)
    assert gallery.query(embedding(3)) == []
    matches = gallery.query(embedding(1), 5, max_distance=2.0)
    assert [(m.track_id, m.name) for m in matches] == [(7, 'Ada'), (8, '')]


def test_enrolled_identity_is_recalled_after_any_time() -> None:
    gallery = Gallery(GalleryConfig(ttl=60.0))
    gallery.enrol('Ada', embedding(1), track_id=7)
    assert gallery.recall(embedding(1), PERSON, LEFT, 10.0) is None, 'present'
    remember(gallery, 7, seed=5, now=20.0)
    assert gallery.recall(embedding(5), PERSON, LEFT, 30.0) is None, (
        'enrolled embeddings do not change'
    )
    assert gallery.recall(embedding(1), PERSON, LEFT, 1e6) == 7
    assert gallery.recall(embedding(1), PERSON, LEFT, 1e6) is None
    assert gallery.names == ['Ada']


def test_absent_identity_can_be_enrolled_by_id() -> None:
    gallery = Gallery(GalleryConfig(ttl=60.0))
    remember(gallery, 7, seed=1, class_id=BICYCLE)
    gallery.enrol('Red', gallery.embeddings_of(7), track_id=7, class_id=BICYCLE)
    assert len(gallery) == 1
    assert gallery.recall(embedding(1), BICYCLE, LEFT, 100.0) == 7


def test_enrolment_keeps_the_newest_views() -> None:
    gallery = Gallery(GalleryConfig(views=3))
    gallery.enrol('Ada', [embedding(1), embedding(2)], track_id=7)
    gallery.enrol('Ada', [embedding(3), embedding(4)])
    assert gallery.names == ['Ada']
    assert len(gallery) == 1
    assert not holds(gallery, embedding(1))
    for seed in (2, 3, 4):
        assert [(m.track_id, m.name) for m in gallery.query(embedding(seed), 5)] == [(7, 'Ada')]


def test_name_can_move_to_another_id() -> None:
    gallery = Gallery()
    gallery.enrol('Ada', embedding(1), track_id=7)
    gallery.enrol('Ada', embedding(2), track_id=9)
    assert [m.track_id for m in gallery.query(embedding(1))] == [9]
    remember(gallery, 9, seed=2)
    assert gallery.recall(embedding(1), PERSON, LEFT, 1.0) == 9


@pytest.mark.parametrize(
    ('arguments', 'message'),
    [
        (('', embedding(1)), 'the name to enrol is empty'),
        (('Bob', np.zeros(16)), 'not all zero'),
        (('Bob', np.full(16, np.nan)), 'finite'),
        (('Bob', embedding(1, size=8)), 'has 8 numbers; expected 16'),
    ],
)
def test_invalid_enrolment_raises(arguments: tuple, message: str) -> None:
    gallery = Gallery()
    gallery.enrol('Ada', embedding(2), track_id=7)
    with pytest.raises(ValueError, match=message):
        gallery.enrol(*arguments)
    with pytest.raises(ValueError, match="the id 7 is enrolled as 'Ada'"):
        gallery.enrol('Bob', embedding(2), track_id=7)
    assert gallery.names == ['Ada']


def test_embedding_of_another_model_raises() -> None:
    gallery = Gallery(model='one')
    gallery.enrol('Ada', embedding(1), model='one')
    with pytest.raises(ValueError, match="embeddings of model 'two' cannot be compared"):
        gallery.enrol('Bob', embedding(2), model='two')
    with pytest.raises(ValueError, match='enrol the identities again'):
        gallery.query(embedding(1), model='two')
    assert [m.name for m in gallery.query(embedding(1), model='one')] == ['Ada']


# -- forgetting ----------------------------------------------------------------------------------


@pytest.mark.parametrize('key', [1, 'Ada', None])
def test_forget_overwrites_embeddings(key: int | str | None) -> None:
    gallery = Gallery()
    gallery.enrol('Ada', [embedding(1), embedding(11)], track_id=1)
    remember(gallery, 2, seed=2)
    assert holds(gallery, embedding(1))
    assert gallery.forget(key) == (2 if key is None else 1)
    assert not holds(gallery, embedding(1))
    assert not holds(gallery, embedding(11))
    assert holds(gallery, embedding(2)) == (key is not None)
    assert gallery.query(embedding(1)) == []
    assert gallery.names == []
    assert gallery.forget(key) == 0


def test_removed_embeddings_are_overwritten() -> None:
    gallery = Gallery(GalleryConfig(ttl=10.0, size=3))
    (buffer,) = (a for a in arrays(gallery) if a.dtype == np.float32)
    assert not buffer.size
    for i in range(5):
        remember(gallery, i, seed=i, now=float(i))
    assert not holds(gallery, embedding(1)), 'removed for lack of room'
    gallery.recall(embedding(2), PERSON, LEFT, 5.0)
    assert not holds(gallery, embedding(2)), 'recalled'
    gallery.expire(13.5)
    assert not holds(gallery, embedding(3)), 'expired'
    assert holds(gallery, embedding(4))


def test_identity_forgotten_while_tracked_is_not_stored_later() -> None:
    gallery = Gallery()
    gallery.enrol('Ada', embedding(1), track_id=1)
    gallery.forget('Ada')
    gallery.forget(2)
    assert not remember(gallery, 1, seed=1)
    assert not remember(gallery, 2, seed=2)
    assert remember(gallery, 3, seed=3)
    assert not holds(gallery, embedding(1))
    gallery.forget(4)
    gallery.enrol('Di', embedding(4), track_id=4)
    assert remember(gallery, 4, seed=4), 'enrolled later'


# -- settings and files --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ('setting', 'message'),
    [
        ({'size': 0}, 'size must be within 1..100000, got 0'),
        ({'views': 0}, 'views must be at least 1'),
        ({'ttl': -1.0}, 'ttl must be within 1..1e.06 seconds, got -1.0'),
        ({'max_distance': 1.5}, 'max_distance must be within 0..1, got 1.5'),
    ],
)
def test_settings_are_checked(setting: dict, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        GalleryConfig(**setting)


def test_all_settings_but_the_size_can_change() -> None:
    gallery = Gallery()
    remember(gallery, 1, seed=1)
    gallery.config = GalleryConfig(max_distance=0.01)
    assert gallery.recall(at_distance(embedding(1), 0.1), PERSON, LEFT, 1.0) is None
    with pytest.raises(ValueError, match='size cannot change'):
        gallery.config = GalleryConfig(size=3)


def test_file_holds_enrolled_identities(tmp_path: Path) -> None:
    path = tmp_path / 'identities.npz'
    gallery = Gallery(model='one')
    gallery.enrol('Zoë', [embedding(1), embedding(2)], track_id=3, class_id=BICYCLE)
    remember(gallery, 4, seed=4)
    gallery_file.save(gallery, path)
    other = Gallery(model='one')
    gallery_file.load(other, path)
    assert other.names == ['Zoë']
    assert [(m.track_id, m.name) for m in other.query(embedding(2))] == [(0, 'Zoë')]
    assert other.query(embedding(4)) == [], 'without a name'
    with pytest.raises(GalleryFileError, match="identities.npz cannot be used: .* of model 'two'"):
        gallery_file.load(Gallery(model='two'), path)
    path.write_text('no')
    with pytest.raises(
        GalleryFileError, match='identities.npz is not a file of enrolled identities'
    ):
        gallery_file.load(other, path)
    with pytest.raises(GalleryFileError, match='none.npz is not a file of enrolled identities'):
        gallery_file.load(other, tmp_path / 'none.npz')


def test_only_the_owner_can_read_the_file(tmp_path: Path) -> None:
    path = tmp_path / 'identities.npz'
    path.write_text('')
    path.chmod(0o644)
    gallery = Gallery(model='one')
    gallery.enrol('Zoë', embedding(1))
    gallery_file.save(gallery, path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [path]


COLUMNS = {
    'model': np.array('one'),
    'names': np.array(['Ann', 'Bob']),
    'class_ids': np.array([0, 0]),
    'embeddings': np.stack([embedding(1), embedding(2)]).astype(np.float32),
}


@pytest.mark.parametrize(
    'changed',
    [
        {'embeddings': np.stack([embedding(1), 0 * embedding(2)]).astype(np.float32)},
        {'embeddings': np.stack([embedding(1), np.nan * embedding(2)]).astype(np.float32)},
        {'embeddings': np.ones((1, 4), np.float32)},
        {'embeddings': np.ones(2, np.float32)},
        {'embeddings': np.array([['a', 'b'], ['c', 'd']])},
        {'names': np.array(['Ann', ''])},
        {'names': np.array([1, 2])},
        {'class_ids': np.array([0.5, 1.5])},
        {'class_ids': np.array([0])},
        {'model': np.array('two')},
        {'names': np.array('Ann')},
    ],
)
def test_invalid_file_enrols_nothing(changed: dict, tmp_path: Path) -> None:
    path = tmp_path / 'identities.npz'
    np.savez(path, **{**COLUMNS, **changed})
    gallery = Gallery(model='one')
    gallery.enrol('Zoë', embedding(3))
    with pytest.raises(GalleryFileError, match=r'identities\.npz'):
        gallery_file.load(gallery, path)
    assert gallery.names == ['Zoë']
    assert [m.name for m in gallery.query(embedding(3))] == ['Zoë']
    np.savez(path, **COLUMNS)
    gallery_file.load(gallery, path)
    assert gallery.names == ['Zoë', 'Ann', 'Bob']


def test_file_that_does_not_fit_leaves_the_gallery_unchanged(tmp_path: Path) -> None:
    path = tmp_path / 'identities.npz'
    np.savez(path, **COLUMNS)
    gallery = Gallery(GalleryConfig(size=2), model='one')
    gallery.enrol('Zoë', embedding(3))
    remember(gallery, 4, seed=4)
    with pytest.raises(GalleryFileError, match='the gallery is full'):
        gallery_file.load(gallery, path)
    assert gallery.names == ['Zoë']
    assert [m.track_id for m in gallery.query(embedding(4))] == [4], 'still stored'


def test_damaged_file_raises_gallery_file_error(tmp_path: Path) -> None:
    path = tmp_path / 'identities.npz'
    np.savez(path, **COLUMNS)
    content = path.read_bytes()
    rng = np.random.default_rng(5)
    refused = 0
    for _ in range(150):
        changed = bytearray(content)
        for place in rng.integers(len(content), size=int(rng.integers(1, 12))):
            changed[place] = int(rng.integers(256))
        path.write_bytes(changed)
        gallery = Gallery(model='one')
        try:
            gallery_file.load(gallery, path)
        except GalleryFileError:
            refused += 1
            assert gallery.names == []
    assert refused > 50
