"""What the gallery keeps, gives back and forgets."""

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


def look(seed: int, size: int = 16) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=size).astype(np.float32)


def like(vector: np.ndarray, distance: float) -> np.ndarray:
    """Return a vector at a cosine distance, of another length."""
    unit = vector / np.linalg.norm(vector)
    other = look(99, len(vector))
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
    return gallery.remember(track_id, look(seed), class_id, box, now)


def arrays(root: object) -> Iterator[np.ndarray]:
    """Yield every array that can be reached from an object."""
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
    """Whether the numbers of an embedding are anywhere in the memory of a gallery."""
    unit = vector / np.float32(np.linalg.norm(vector))
    wanted = {v.astype(np.float32)[:4].tobytes() for v in (vector, unit)}
    assert not {b'\0' * 16} & wanted
    return any(w in array.tobytes() for array in arrays(gallery) for w in wanted)


# -- coming back ------------------------------------------------------------------------------


def test_who_comes_back_gets_the_old_id_once() -> None:
    gallery = Gallery(GalleryConfig(max_distance=0.2))
    assert remember(gallery, 7, seed=1)
    assert remember(gallery, 8, seed=2)
    assert gallery.recall(like(look(1), 0.1), PERSON, LEFT, now=60.0) == 7
    assert gallery.recall(look(1), PERSON, LEFT, now=60.0) is None, 'visible now'
    assert len(gallery) == 1
    assert remember(gallery, 7, seed=1, now=70.0)
    assert gallery.recall(look(1), PERSON, LEFT, now=80.0) == 7, 'left again'


def test_the_nearest_is_recalled() -> None:
    gallery = Gallery(GalleryConfig(max_distance=0.5))
    gallery.remember(1, like(look(1), 0.3), PERSON, LEFT, 0.0)
    gallery.remember(2, like(look(1), 0.1), PERSON, LEFT, 0.0)
    gallery.remember(3, like(look(1), 0.2), PERSON, LEFT, 0.0)
    recalled = [gallery.recall(look(1), PERSON, LEFT, now=9.0) for _ in range(4)]
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
def test_limits(distance: float, seconds: float, class_id: int, expected: int | None) -> None:
    gallery = Gallery(GalleryConfig(ttl=60.0, max_distance=0.2))
    remember(gallery, 5, seed=1, now=100.0)
    assert gallery.recall(like(look(1), distance), class_id, LEFT, 100 + seconds) == expected


@pytest.mark.parametrize(('seconds', 'expected'), [(0.2, None), (2.0, 5)])
def test_nobody_flies(seconds: float, expected: int | None) -> None:
    gallery = Gallery(GalleryConfig(max_speed=10.0))
    remember(gallery, 5, seed=1, box=LEFT)  # 12 heights from the other side
    assert gallery.recall(look(1), PERSON, RIGHT, seconds) == expected


def test_an_empty_gallery_knows_nobody() -> None:
    gallery = Gallery()
    assert gallery.recall(look(1), PERSON, LEFT, 0.0) is None
    assert gallery.query(look(1)) == []
    assert gallery.forget() == 0
    assert len(gallery) == 0


def test_the_last_look_of_an_id_counts() -> None:
    gallery = Gallery()
    remember(gallery, 5, seed=1)
    remember(gallery, 5, seed=2, now=1.0)
    assert len(gallery) == 1
    assert gallery.recall(look(1), PERSON, LEFT, 2.0) is None
    assert gallery.recall(look(2), PERSON, LEFT, 2.0) == 5


def test_restart_keeps_the_enrolled_alone() -> None:
    gallery = Gallery()
    remember(gallery, 5, seed=1, now=1e6)
    gallery.enrol('Ada', look(2), track_id=6)
    gallery.restart()
    assert len(gallery) == 1
    assert not holds(gallery, look(1))
    assert gallery.recall(look(2), PERSON, RIGHT, now=0.0) == 6


# -- bounds -----------------------------------------------------------------------------------


def test_a_full_gallery_forgets_who_left_first() -> None:
    gallery = Gallery(GalleryConfig(size=3))
    for track_id, now in ((1, 30.0), (2, 10.0), (3, 20.0), (4, 40.0)):
        assert remember(gallery, track_id, seed=track_id, now=now)
    assert len(gallery) == 3
    assert not holds(gallery, look(2))
    recalled = [gallery.recall(look(i), PERSON, LEFT, 50.0) for i in (1, 2, 3, 4)]
    assert recalled == [1, None, 3, 4]


def test_the_enrolled_stay_when_it_is_full() -> None:
    gallery = Gallery(GalleryConfig(size=2))
    gallery.enrol('Ada', look(1), track_id=1)
    for track_id in range(2, 50):
        assert remember(gallery, track_id, seed=track_id, now=float(track_id))
    assert gallery.names == ['Ada']
    assert len(gallery) == 2
    gallery.enrol('Bob', look(60))
    assert gallery.names == ['Ada', 'Bob'], 'who left without a name makes room'
    assert not remember(gallery, 50, seed=50, now=50.0)
    with pytest.raises(ValueError, match='full of enrolled people'):
        gallery.enrol('Cy', look(61))
    assert gallery.names == ['Ada', 'Bob']


def test_memory_does_not_grow() -> None:
    gallery = Gallery(GalleryConfig(size=64))
    remember(gallery, 1, seed=1)
    before = sum(array.nbytes for array in arrays(gallery))
    for i in range(2000):
        remember(gallery, i + 1, seed=i, now=float(i))
        gallery.forget(i)
    assert sum(array.nbytes for array in arrays(gallery)) == before
    assert len(gallery._unwanted) <= 64


# -- enrolment -----------------------------------------------------------------------------------


def test_the_enrolled_are_found_by_name_and_by_id() -> None:
    gallery = Gallery(GalleryConfig(max_distance=0.2))
    gallery.enrol('Ada', look(1), track_id=7)
    remember(gallery, 8, seed=2)
    (match,) = gallery.query(like(look(1), 0.1))
    assert (match.track_id, match.name) == (7, 'Ada')
    assert match.distance == pytest.approx(0.1, abs=1e-5)
    assert gallery.query(look(3)) == []
    everybody = gallery.query(look(1), 5, max_distance=2.0)
    assert [(m.track_id, m.name) for m in everybody] == [(7, 'Ada'), (8, '')]


def test_the_enrolled_come_back_after_any_time_with_their_id() -> None:
    gallery = Gallery(GalleryConfig(ttl=60.0))
    gallery.enrol('Ada', look(1), track_id=7)
    assert gallery.recall(look(1), PERSON, LEFT, 10.0) is None, 'visible now'
    remember(gallery, 7, seed=5, now=20.0)
    assert gallery.recall(look(5), PERSON, LEFT, 30.0) is None, 'enrolled looks do not change'
    assert gallery.recall(look(1), PERSON, LEFT, 1e6) == 7
    assert gallery.recall(look(1), PERSON, LEFT, 1e6) is None
    assert gallery.names == ['Ada']


def test_who_left_can_be_enrolled_by_id() -> None:
    gallery = Gallery(GalleryConfig(ttl=60.0))
    remember(gallery, 7, seed=1, class_id=BICYCLE)
    gallery.enrol('Red', gallery.looks(7), track_id=7, class_id=BICYCLE)
    assert len(gallery) == 1
    assert gallery.recall(look(1), BICYCLE, LEFT, 100.0) == 7


def test_a_name_has_several_looks_the_newest_ones() -> None:
    gallery = Gallery(GalleryConfig(views=3))
    gallery.enrol('Ada', [look(1), look(2)], track_id=7)
    gallery.enrol('Ada', [look(3), look(4)])
    assert gallery.names == ['Ada']
    assert len(gallery) == 1
    assert not holds(gallery, look(1))
    for seed in (2, 3, 4):
        assert [(m.track_id, m.name) for m in gallery.query(look(seed), 5)] == [(7, 'Ada')]


def test_a_name_can_move_to_another_id() -> None:
    gallery = Gallery()
    gallery.enrol('Ada', look(1), track_id=7)
    gallery.enrol('Ada', look(2), track_id=9)
    assert [m.track_id for m in gallery.query(look(1))] == [9]
    remember(gallery, 9, seed=2)
    assert gallery.recall(look(1), PERSON, LEFT, 1.0) == 9


@pytest.mark.parametrize(
    ('arguments', 'complaint'),
    [
        (('', look(1)), 'a name is needed'),
        (('Bob', np.zeros(16)), 'not all zero'),
        (('Bob', np.full(16, np.nan)), 'finite'),
        (('Bob', look(1, size=8)), 'has 8 numbers, but those of the gallery have 16'),
    ],
)
def test_enrolment_is_refused(arguments: tuple, complaint: str) -> None:
    gallery = Gallery()
    gallery.enrol('Ada', look(2), track_id=7)
    with pytest.raises(ValueError, match=complaint):
        gallery.enrol(*arguments)
    with pytest.raises(ValueError, match="the id 7 is enrolled as 'Ada'"):
        gallery.enrol('Bob', look(2), track_id=7)
    assert gallery.names == ['Ada']


def test_embeddings_of_another_model_are_refused() -> None:
    gallery = Gallery(model='one')
    gallery.enrol('Ada', look(1), model='one')
    with pytest.raises(ValueError, match="embeddings of 'two' cannot be compared"):
        gallery.enrol('Bob', look(2), model='two')
    with pytest.raises(ValueError, match='enrol people anew'):
        gallery.query(look(1), model='two')
    assert [m.name for m in gallery.query(look(1), model='one')] == ['Ada']


# -- forgetting ----------------------------------------------------------------------------------


@pytest.mark.parametrize('who', [1, 'Ada', None])
def test_forgetting_leaves_no_trace(who: int | str | None) -> None:
    gallery = Gallery()
    gallery.enrol('Ada', [look(1), look(11)], track_id=1)
    remember(gallery, 2, seed=2)
    assert holds(gallery, look(1))
    assert gallery.forget(who) == (2 if who is None else 1)
    assert not holds(gallery, look(1))
    assert not holds(gallery, look(11))
    assert holds(gallery, look(2)) == (who is not None)
    assert gallery.query(look(1)) == []
    assert gallery.names == []
    assert gallery.forget(who) == 0


def test_everything_that_goes_is_overwritten() -> None:
    gallery = Gallery(GalleryConfig(ttl=10.0, size=3))
    (buffer,) = (a for a in arrays(gallery) if a.dtype == np.float32)
    assert not buffer.size
    for i in range(5):
        remember(gallery, i, seed=i, now=float(i))
    assert not holds(gallery, look(1)), 'pushed out'
    gallery.recall(look(2), PERSON, LEFT, 5.0)
    assert not holds(gallery, look(2)), 'recalled'
    gallery.expire(13.5)
    assert not holds(gallery, look(3)), 'away for too long'
    assert holds(gallery, look(4))


def test_who_is_forgotten_while_visible_is_not_remembered_on_leaving() -> None:
    gallery = Gallery()
    gallery.enrol('Ada', look(1), track_id=1)
    gallery.forget('Ada')
    gallery.forget(2)
    assert not remember(gallery, 1, seed=1)
    assert not remember(gallery, 2, seed=2)
    assert remember(gallery, 3, seed=3)
    assert not holds(gallery, look(1))
    gallery.forget(4)
    gallery.enrol('Di', look(4), track_id=4)
    assert remember(gallery, 4, seed=4), 'enrolled after all'


# -- settings and files --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ('setting', 'complaint'),
    [
        ({'size': 0}, 'size must be within 1..100000, got 0'),
        ({'views': 0}, 'views must be at least 1'),
        ({'ttl': -1.0}, 'ttl must be within 1..1e.06 seconds, got -1.0'),
        ({'max_distance': 1.5}, 'max_distance must be within 0..1, got 1.5'),
    ],
)
def test_settings_are_checked(setting: dict, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        GalleryConfig(**setting)


def test_settings_can_change_but_not_the_size() -> None:
    gallery = Gallery()
    remember(gallery, 1, seed=1)
    gallery.config = GalleryConfig(max_distance=0.01)
    assert gallery.recall(like(look(1), 0.1), PERSON, LEFT, 1.0) is None
    with pytest.raises(ValueError, match='size cannot change'):
        gallery.config = GalleryConfig(size=3)


def test_enrolled_people_survive_in_a_file(tmp_path: Path) -> None:
    path = tmp_path / 'people.npz'
    gallery = Gallery(model='one')
    gallery.enrol('Zoë', [look(1), look(2)], track_id=3, class_id=BICYCLE)
    remember(gallery, 4, seed=4)
    gallery_file.save(gallery, path)
    other = Gallery(model='one')
    gallery_file.load(other, path)
    assert other.names == ['Zoë']
    assert [(m.track_id, m.name) for m in other.query(look(2))] == [(0, 'Zoë')]
    assert other.query(look(4)) == [], 'without a name'
    with pytest.raises(GalleryFileError, match="people.npz cannot be used: .* made by 'two'"):
        gallery_file.load(Gallery(model='two'), path)
    path.write_text('no')
    with pytest.raises(GalleryFileError, match='people.npz is not a file of enrolled people'):
        gallery_file.load(other, path)
    with pytest.raises(GalleryFileError, match='none.npz is not a file of enrolled people'):
        gallery_file.load(other, tmp_path / 'none.npz')


def test_a_file_of_people_is_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / 'people.npz'
    path.write_text('')
    path.chmod(0o644)
    gallery = Gallery(model='one')
    gallery.enrol('Zoë', look(1))
    gallery_file.save(gallery, path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [path]


COLUMNS = {
    'model': np.array('one'),
    'names': np.array(['Ann', 'Bob']),
    'class_ids': np.array([0, 0]),
    'embeddings': np.stack([look(1), look(2)]).astype(np.float32),
}


@pytest.mark.parametrize(
    'changed',
    [
        {'embeddings': np.stack([look(1), 0 * look(2)]).astype(np.float32)},
        {'embeddings': np.stack([look(1), np.nan * look(2)]).astype(np.float32)},
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
def test_of_a_bad_file_nobody_is_enrolled(changed: dict, tmp_path: Path) -> None:
    path = tmp_path / 'people.npz'
    np.savez(path, **{**COLUMNS, **changed})
    gallery = Gallery(model='one')
    gallery.enrol('Zoë', look(3))
    with pytest.raises(GalleryFileError, match=r'people\.npz'):
        gallery_file.load(gallery, path)
    assert gallery.names == ['Zoë']
    assert [m.name for m in gallery.query(look(3))] == ['Zoë']
    np.savez(path, **COLUMNS)
    gallery_file.load(gallery, path)
    assert gallery.names == ['Zoë', 'Ann', 'Bob']


def test_people_who_do_not_fit_leave_the_gallery_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / 'people.npz'
    np.savez(path, **COLUMNS)
    gallery = Gallery(GalleryConfig(size=2), model='one')
    gallery.enrol('Zoë', look(3))
    remember(gallery, 4, seed=4)
    with pytest.raises(GalleryFileError, match='the gallery is full'):
        gallery_file.load(gallery, path)
    assert gallery.names == ['Zoë']
    assert [m.track_id for m in gallery.query(look(4))] == [4], 'still remembered'


def test_damaged_files_of_people_raise_one_error(tmp_path: Path) -> None:
    path = tmp_path / 'people.npz'
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
