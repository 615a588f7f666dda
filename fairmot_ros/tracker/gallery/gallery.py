"""Re-identification after long absence: a store of embeddings of ended and enrolled identities.

Embeddings of people are biometric data: see `gallery_store` for how they are kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from threading import RLock
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fairmot_ros.settings import Settings, setting
from fairmot_ros.tracker.gallery.embedding_store import EmbeddingStore, Unit, as_unit

Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class GalleryConfig(Settings):
    """How much the gallery remembers, and which embeddings are of one identity.

    Attributes:
        max_speed: box heights per second that a person can have moved while unseen; keeps two
            identities with similar embeddings apart when one appears far from where the other
            was seen last.
        views: embeddings kept of each enrolled identity, the newest ones.
    """

    size: int = setting(
        500,
        'embeddings that the gallery keeps at most; of identities without a name, the one that '
        'left first is removed first',
        low=1,
        high=100_000,
        structural=True,
    )
    ttl: float = setting(
        600.0,
        'how long the gallery remembers identities without a name',
        unit='seconds',
        low=1.0,
        high=1e6,
    )
    max_distance: float = setting(
        0.07,
        'largest appearance distance (1 - cosine) to an identity of the gallery that counts as '
        'the same; suits a weak model, as a wrong old id is worse than a new one',
        low=0.0,
        high=1.0,
    )
    max_speed: float = 10.0
    views: int = 8

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.views < 1:
            raise ValueError(f'views must be at least 1, got {self.views}')
        if not self.max_speed > 0:
            raise ValueError(f'max_speed must be a number above 0, got {self.max_speed}')


class Match(NamedTuple):
    """An identity of the gallery that is similar to an embedding.

    Attributes:
        track_id: 0 if unknown.
        name: '' if not enrolled.
        distance: cosine distance, 0..2.
    """

    track_id: int
    name: str
    distance: float


class Enrolled(NamedTuple):
    """One view of an enrolled identity: name, class and embedding [D] of unit length."""

    name: str
    class_id: int
    embedding: Unit


class Gallery:
    """Stores the identities of one tracker; may be used from several threads.

    An absent identity is recalled once and is then present again, so no id is given to two tracks.

    Attributes:
        model: name of the model that computes the embeddings, '' if unknown.
    """

    def __init__(self, config: GalleryConfig | None = None, model: str = '') -> None:
        """Start empty."""
        self._config = config or GalleryConfig()
        self.model = model
        self._lock = RLock()
        self._store = EmbeddingStore(self._config.size)
        self._names: dict[int, str] = {}  # of the enrolled, by identity
        self._identities = 0  # given so far
        self._unwanted: dict[int, None] = {}  # track ids not to be remembered, oldest first

    @property
    def config(self) -> GalleryConfig:
        """The current settings."""
        return self._config

    @config.setter
    def config(self, config: GalleryConfig) -> None:
        if config.size != self._config.size:
            raise ValueError('size cannot change while the gallery is in use; make a new Gallery')
        self._config = config

    def __len__(self) -> int:
        """Return the number of identities."""
        with self._lock:
            return len(np.unique(self._store.rows['identity']))

    @property
    def names(self) -> list[str]:
        """Names of the enrolled identities, in the order of their enrolment."""
        with self._lock:
            return list(self._names.values())

    # -- for the tracker --------------------------------------------------------------------

    def remember(
        self, track_id: int, embedding: ArrayLike, class_id: int, box_xyxy: ArrayLike, now: float
    ) -> bool:
        """Store an ended track.

        Args:
            track_id: 1 or more.
            embedding: [D].
            class_id: only the same class is recalled.
            box_xyxy: [4], of the last observation.
            now: time of the last observation, in seconds of the same clock in all calls.

        Returns:
            Whether it is stored: not if this id was forgotten while tracked, or if the gallery is
            full of enrolled identities.
        """
        unit = as_unit(embedding)
        with self._lock:
            self._expire(now)
            if track_id in self._unwanted:
                del self._unwanted[track_id]
                return False
            self._store.check_size(unit)
            mine = self._store.rows['track_id'] == track_id
            if not (mine & self._named()).any():
                self._store.remove(mine.nonzero()[0])
                if not self._make_room(1):
                    return False
                self._store.add(
                    unit, identity=self._new_identity(), track_id=track_id, class_id=class_id
                )
            rows = self._store.rows
            mine = rows['track_id'] == track_id
            rows['present'][mine] = False
            rows['left'][mine] = now
            rows['box'][mine] = box_xyxy
            return True

    def recall(
        self, embedding: ArrayLike, class_id: int, box_xyxy: ArrayLike, now: float
    ) -> int | None:
        """Return the id of the absent identity that a new track belongs to, None if unknown.

        Args:
            embedding: [D], of the new track.
            class_id: of the new track.
            box_xyxy: [4], of the new track.
            now: time in seconds.
        """
        unit = as_unit(embedding)
        with self._lock:
            self._expire(now)
            rows = self._store.rows
            candidates = ~rows['present'] & (rows['track_id'] > 0)
            candidates &= rows['class_id'] == class_id
            candidates &= self._reachable(np.asarray(box_xyxy, np.float64), now)
            if not candidates.any():
                return None
            self._store.check_size(unit)
            distance = np.where(candidates, self._store.distances(unit), np.inf)
            best = int(distance.argmin())
            if distance[best] > self._config.max_distance:
                return None
            track_id, identity = int(rows['track_id'][best]), int(rows['identity'][best])
            mine = rows['identity'] == identity
            if identity in self._names:
                rows['present'][mine] = True
            else:
                self._store.remove(mine.nonzero()[0])
            return track_id

    def expire(self, now: float) -> None:
        """Remove identities without a name that were absent for longer than `ttl`."""
        with self._lock:
            self._expire(now)

    def restart(self) -> None:
        """Handle a reset of the tracker, after which time may start anew.

        Identities without a name are removed; enrolled ones are absent since an unknown time.
        """
        with self._lock:
            self._store.remove((~self._named()).nonzero()[0])
            rows = self._store.rows
            rows['present'] = rows['track_id'] == 0
            rows['left'] = -np.inf
            self._unwanted.clear()

    # -- for users ---------------------------------------------------------------------------

    def enrol(
        self,
        name: str,
        embeddings: ArrayLike,
        *,
        track_id: int = 0,
        class_id: int = 0,
        model: str = '',
    ) -> None:
        """Give an identity a name; enrolled identities are kept until `forget`.

        Args:
            name: of the identity; if it is enrolled already, embeddings are added.
            embeddings: [D] or [V, D], of one view or several.
            track_id: of the identity, which gets it again after an absence; 0 if there is none.
            class_id: of the identity.
            model: model that computed the embeddings, '' if it is that of the gallery.

        Raises:
            ValueError: if the name is empty, an embedding cannot be used or is of another model,
                the id is enrolled under another name, or the gallery is full of enrolled
                identities.
        """
        if not name:
            raise ValueError('a name is needed to enrol somebody, got an empty one')
        self._check_model(model)
        given = np.atleast_2d(np.asarray(embeddings, np.float32))
        looks = [as_unit(look) for look in given[-self._config.views :]]
        if not looks:
            raise ValueError(f'an embedding is needed to enrol {name}, got none')
        with self._lock:
            rows = self._store.rows
            identity = next((i for i, n in self._names.items() if n == name), 0)
            known = rows['track_id'] == track_id if track_id else rows['identity'] == identity
            before = rows[known][:1]  # a copy: time and place of the last observation
            for look in looks:
                self._store.check_size(look)
            owner = self._names.get(int(before['identity'][0]), name) if len(before) else name
            if owner != name:
                raise ValueError(
                    f'the id {track_id} is enrolled as {owner!r}: forget that name to give another'
                )
            if not self._fits(identity, len(looks)):
                raise ValueError(
                    f'the gallery is full of enrolled people ({self._store.capacity} embeddings): '
                    'forget some of them or give it a larger size'
                )
            self._store.remove((known & ~self._named()).nonzero()[0])
            identity = identity or self._new_identity()
            self._names[identity] = name
            self._drop_old_views(identity, len(looks))
            self._make_room(len(looks))
            for look in looks:
                self._store.add(look, identity=identity, class_id=class_id, present=True)
            self._bind(identity, track_id, before)

    def enrol_all(self, views: Iterable[Enrolled], *, model: str = '') -> None:
        """Enrol the views of several identities, or none of them.

        Raises:
            ValueError: as `enrol` does; the gallery is then as it was.
        """
        with self._lock:
            before = deepcopy((self._store, self._names, self._identities, self._unwanted))
            try:
                for name, class_id, embedding in views:
                    self.enrol(name, embedding, class_id=class_id, model=model)
            except BaseException:
                self._store, self._names, self._identities, self._unwanted = before
                raise

    def names_by_track(self) -> dict[int, str]:
        """Return the names of enrolled identities by track id."""
        with self._lock:
            rows = self._store.rows[self._named()]
            pairs = zip(rows['track_id'].tolist(), rows['identity'].tolist())
            return {track_id: self._names[identity] for track_id, identity in pairs if track_id}

    def looks(self, track_id: int) -> NDArray[np.float32]:
        """Return a copy of the embeddings [V, D] of an id, empty if it is not in the gallery."""
        with self._lock:
            return self._store.embeddings[self._store.rows['track_id'] == track_id]

    def query(
        self,
        embedding: ArrayLike,
        k: int = 1,
        *,
        model: str = '',
        max_distance: float | None = None,
    ) -> list[Match]:
        """Return the identities most similar to an embedding, nearest first.

        Args:
            embedding: [D].
            k: largest number of identities.
            model: model that computed the embedding, '' if it is that of the gallery.
            max_distance: largest cosine distance; that of the settings by default.

        Raises:
            ValueError: if the embedding is of another model or cannot be used.
        """
        self._check_model(model)
        limit = self._config.max_distance if max_distance is None else max_distance
        unit = as_unit(embedding)
        with self._lock:
            if not len(self._store):
                return []
            self._store.check_size(unit)
            distance, rows = self._store.distances(unit), self._store.rows
            found: dict[int, Match] = {}
            for row in distance.argsort(kind='stable'):
                if distance[row] > limit:
                    break
                identity = int(rows['identity'][row])
                found.setdefault(
                    identity,
                    Match(
                        int(rows['track_id'][row]),
                        self._names.get(identity, ''),
                        float(distance[row]),
                    ),
                )
            return list(found.values())[:k]

    def forget(self, who: int | str | None = None) -> int:
        """Remove an identity by id or by name, or all; return how many were removed.

        Their embeddings are overwritten. Identities that are still tracked are not stored when
        their track ends.
        """
        with self._lock:
            rows = self._store.rows
            if isinstance(who, str):
                chosen = np.isin(
                    rows['identity'], [i for i, name in self._names.items() if name == who]
                )
            else:
                chosen = np.full(len(rows), True) if who is None else rows['track_id'] == who
            tracked = rows['track_id'][chosen & rows['present'] & (rows['track_id'] > 0)]
            unwanted = [*tracked.tolist(), *([who] if isinstance(who, int) else [])]
            self._unwanted.update(dict.fromkeys(unwanted))
            while len(self._unwanted) > self._config.size:
                del self._unwanted[next(iter(self._unwanted))]
            gone = np.unique(rows['identity'][chosen]).tolist()
            self._store.remove(chosen.nonzero()[0])
            for identity in gone:
                self._names.pop(identity, None)
            return len(gone)

    def enrolled(self) -> Iterator[Enrolled]:
        """Yield each view of the enrolled identities."""
        with self._lock:
            people = [
                Enrolled(self._names[int(row['identity'])], int(row['class_id']), embedding.copy())
                for row, embedding in zip(self._store.rows, self._store.embeddings)
                if int(row['identity']) in self._names
            ]
        yield from people

    # -- called with the lock held ------------------------------------------------------------

    def _named(self) -> Mask:
        """Return which rows are of enrolled identities."""
        return np.isin(self._store.rows['identity'], list(self._names))

    def _new_identity(self) -> int:
        self._identities += 1
        return self._identities

    def _reachable(self, box: NDArray[np.float64], now: float) -> Mask:
        """Return which identities can have moved to a box by now, at `max_speed`."""
        rows = self._store.rows
        then = rows['box']
        height = np.maximum(then[:, 3] - then[:, 1], box[3] - box[1])
        way = np.hypot(*(then[:, :2] + then[:, 2:] - box[:2] - box[2:]).T / 2)
        reach = 1.0 + self._config.max_speed * np.maximum(now - rows['left'], 0.0)
        reachable: Mask = way <= height * reach
        return reachable

    def _expire(self, now: float) -> None:
        late = now - self._store.rows['left'] > self._config.ttl
        if late.any():
            self._store.remove((late & ~self._named()).nonzero()[0])

    def _make_room(self, count: int) -> bool:
        """Remove identities without a name, absent longest first; return whether there is room."""
        excess = len(self._store) + count - self._store.capacity
        if excess > 0:
            nameless = (~self._named()).nonzero()[0]
            if len(nameless) < excess:
                return False
            order = self._store.rows['left'][nameless].argsort(kind='stable')
            self._store.remove(nameless[order[:excess]])
        return True

    def _views_over(self, identity: int, more: int) -> int:
        """Return how many views of an identity must be removed before adding more."""
        views = np.count_nonzero(self._store.rows['identity'] == identity)
        return max(int(views) + more - self._config.views, 0)

    def _fits(self, identity: int, looks: int) -> bool:
        named = int(np.count_nonzero(self._named()))
        return named + looks - self._views_over(identity, looks) <= self._store.capacity

    def _drop_old_views(self, identity: int, more: int) -> None:
        mine = (self._store.rows['identity'] == identity).nonzero()[0]
        oldest = mine[self._store.rows['added'][mine].argsort()]
        self._store.remove(oldest[: self._views_over(identity, more)])

    def _bind(self, identity: int, track_id: int, before: NDArray) -> None:
        """Link an enrolled identity to a track; `before` is its former row, if there is one."""
        rows = self._store.rows
        mine = rows['identity'] == identity
        columns: dict[str, Any] = {'track_id': track_id, 'present': True}
        if len(before):
            columns = {name: before[name][0] for name in ('track_id', 'present', 'left', 'box')}
        for name, value in columns.items():
            rows[name][mine] = value
        self._unwanted.pop(track_id, None)

    def _check_model(self, model: str) -> None:
        if model and model != self.model:
            raise ValueError(
                f'embeddings of {model!r} cannot be compared with those of this gallery, which '
                f'are made by {self.model!r}: enrol people anew with that model'
            )
