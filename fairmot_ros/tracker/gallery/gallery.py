# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Re-identification after long absence: a thread-safe store of ended and enrolled identities.

Embeddings of people are biometric data: removed ones are overwritten in memory, and `gallery_file`
writes only enrolled identities, on request.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from copy import deepcopy
from threading import RLock

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fairmot_ros.tracker.gallery.config import GalleryConfig
from fairmot_ros.tracker.gallery.embedding_store import as_unit
from fairmot_ros.tracker.gallery.identity_store import Enrolled, IdentityStore, Match


class Gallery:
    """Stores the identities of one tracker; may be used from several threads.

    An identity is absent or present. `recall` returns only absent ones and marks them as present,
    so that no two tracks get the same id.

    Attributes:
        model: name of the model that computes the embeddings, '' if unknown.
    """

    def __init__(self, config: GalleryConfig | None = None, model: str = '') -> None:
        """Start empty."""
        self._config = config or GalleryConfig()
        self.model = model
        self._lock = RLock()
        self._store = IdentityStore(self._config.size)
        # Ids forgotten while tracked, oldest first; `remember` ignores them once.
        self._ignored_ids: dict[int, None] = {}

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
            return len(self._store)

    @property
    def names(self) -> list[str]:
        """Names of the enrolled identities, in the order of their enrolment."""
        with self._lock:
            return list(self._store.names.values())

    # -- called by the tracker ----------------------------------------------------------------

    def remember(
        self, track_id: int, embedding: ArrayLike, class_id: int, box_xyxy: ArrayLike, now: float
    ) -> bool:
        """Store an ended track.

        Args:
            track_id: 1 or more.
            embedding: [D].
            class_id: class of the track; `recall` compares only tracks of the same class.
            box_xyxy: [4], box of the last observation.
            now: time of the last observation, in seconds of the same clock in all calls.

        Returns:
            Whether the track was stored. It is not if its id was forgotten while it was tracked,
            or if the gallery is full of enrolled identities.
        """
        unit = as_unit(embedding)
        with self._lock:
            self.expire(now)
            if track_id in self._ignored_ids:
                del self._ignored_ids[track_id]
                return False
            store = self._store
            store.embeddings.check_size(unit)
            enrolled = (store.rows['track_id'] == track_id) & store.enrolled()
            if not enrolled.any() and not store.add_unnamed(unit, track_id, class_id):
                return False
            own = store.rows['track_id'] == track_id
            store.rows['present'][own] = False
            store.rows['left'][own] = now
            store.rows['box'][own] = box_xyxy
            return True

    def recall(
        self, embedding: ArrayLike, class_id: int, box_xyxy: ArrayLike, now: float
    ) -> int | None:
        """Return the id of the absent identity that a new track continues, None if unknown.

        Args:
            embedding: [D], of the new track.
            class_id: class of the new track.
            box_xyxy: [4], box of the new track.
            now: time in seconds.
        """
        unit = as_unit(embedding)
        with self._lock:
            self.expire(now)
            store, rows = self._store, self._store.rows
            candidates = ~rows['present'] & (rows['track_id'] > 0)
            candidates &= rows['class_id'] == class_id
            box = np.asarray(box_xyxy, np.float64)
            candidates &= store.reachable(box, now, self._config.max_speed)
            if not candidates.any():
                return None
            store.embeddings.check_size(unit)
            distance = np.where(candidates, store.embeddings.distances(unit), np.inf)
            best = int(distance.argmin())
            if distance[best] > self._config.max_distance:
                return None
            track_id, identity = int(rows['track_id'][best]), int(rows['identity'][best])
            own = rows['identity'] == identity
            if identity in store.names:
                rows['present'][own] = True
            else:
                store.remove(own)
            return track_id

    def expire(self, now: float) -> None:
        """Remove unnamed identities that were absent for longer than `ttl`."""
        with self._lock:
            expired = now - self._store.rows['left'] > self._config.ttl
            if expired.any():
                self._store.remove_unnamed(expired)

    def restart(self) -> None:
        """Handle a reset of the tracker, after which time may start anew.

        Unnamed identities are removed. Enrolled ones with a track id become absent, and since the
        time of their last observation has no meaning any more, `max_speed` does not limit them.
        """
        with self._lock:
            rows = self._store.rows
            self._store.remove_unnamed(np.ones(len(rows), np.bool_))
            rows = self._store.rows
            rows['present'] = rows['track_id'] == 0
            rows['left'] = -np.inf
            self._ignored_ids.clear()

    # -- called by users ----------------------------------------------------------------------

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
            name: name of the identity; if it is enrolled already, embeddings are added.
            embeddings: [D] or [V, D], of one view or several.
            track_id: id of the identity, which it gets again after an absence; 0 if it has none.
            class_id: class of the identity.
            model: model that computed the embeddings; '' for the model of the gallery.

        Raises:
            ValueError: if the name is empty, an embedding cannot be used or is of another model,
                the id is enrolled under another name, or the gallery is full of enrolled
                identities.
        """
        if not name:
            raise ValueError('the name to enrol is empty; expected at least one character')
        self._check_model(model)
        given = np.atleast_2d(np.asarray(embeddings, np.float32))
        max_views = self._config.views
        units = [as_unit(view) for view in given[-max_views:]]
        if not units:
            raise ValueError(f'no embedding is given to enrol {name}; expected at least one')
        with self._lock:
            store, rows = self._store, self._store.rows
            identity = store.identity_of(name)
            known = rows['track_id'] == track_id if track_id else rows['identity'] == identity
            former = rows[known][:1]  # copy with time and box of the last observation
            for unit in units:
                store.embeddings.check_size(unit)
            owner = store.names.get(int(former['identity'][0]), name) if len(former) else name
            if owner != name:
                raise ValueError(
                    f'the id {track_id} is enrolled as {owner!r}: forget that name to give another'
                )
            if not store.has_room_to_enrol(identity, len(units), max_views):
                raise ValueError(
                    f'the gallery is full of enrolled identities ({store.embeddings.capacity} '
                    'embeddings): forget some of them or give it a larger size'
                )
            store.remove_unnamed(known)
            identity = store.enrol(identity, name, units, class_id, max_views)
            self._link(identity, track_id, former)

    def enrol_all(self, views: Iterable[Enrolled], *, model: str = '') -> None:
        """Enrol the views of several identities, or none of them.

        Raises:
            ValueError: see `enrol`; the gallery is then unchanged.
        """
        with self._lock:
            before = deepcopy((self._store, self._ignored_ids))
            try:
                for name, class_id, embedding in views:
                    self.enrol(name, embedding, class_id=class_id, model=model)
            except BaseException:
                self._store, self._ignored_ids = before
                raise

    def names_by_track(self) -> dict[int, str]:
        """Return the names of enrolled identities by track id."""
        with self._lock:
            rows = self._store.rows[self._store.enrolled()]
            pairs = zip(rows['track_id'].tolist(), rows['identity'].tolist())
            return {
                track_id: self._store.names[identity] for track_id, identity in pairs if track_id
            }

    def embeddings_of(self, track_id: int) -> NDArray[np.float32]:
        """Return a copy of the embeddings [V, D] of an id, empty if it is not in the gallery."""
        with self._lock:
            own = self._store.rows['track_id'] == track_id
            return self._store.embeddings.embeddings[own]

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
            model: model that computed the embedding; '' for the model of the gallery.
            max_distance: largest cosine distance; `max_distance` of the settings by default.

        Raises:
            ValueError: if the embedding is of another model or cannot be used.
        """
        self._check_model(model)
        threshold = self._config.max_distance if max_distance is None else max_distance
        unit = as_unit(embedding)
        with self._lock:
            if not len(self._store):
                return []
            self._store.embeddings.check_size(unit)
            return self._store.nearest(unit, k, threshold)

    def forget(self, key: int | str | None = None) -> int:
        """Remove identities and overwrite their embeddings.

        An identity that is still tracked is not stored again when its track ends.

        Args:
            key: track id or name of one identity; None for all.

        Returns:
            Number of removed identities.
        """
        with self._lock:
            rows = self._store.rows
            if isinstance(key, str):
                chosen = rows['identity'] == (self._store.identity_of(key) or -1)
            else:
                chosen = np.full(len(rows), True) if key is None else rows['track_id'] == key
            tracked = rows['track_id'][chosen & rows['present'] & (rows['track_id'] > 0)]
            ignored = [*tracked.tolist(), *([key] if isinstance(key, int) else [])]
            self._ignored_ids.update(dict.fromkeys(ignored))
            while len(self._ignored_ids) > self._config.size:
                del self._ignored_ids[next(iter(self._ignored_ids))]
            return self._store.forget(chosen)

    def enrolled(self) -> Iterator[Enrolled]:
        """Yield each view of the enrolled identities."""
        with self._lock:
            views = list(self._store.views())
        yield from views

    # -----------------------------------------------------------------------------------------

    def _link(self, identity: int, track_id: int, former: NDArray) -> None:
        """Link an enrolled identity to a track.

        Args:
            identity: its number.
            track_id: 0 if there is none.
            former: row of the track or the identity before it was enrolled, [1], or [0] if there
                was none.
        """
        rows = self._store.rows
        own = rows['identity'] == identity
        if len(former):
            for column in ('track_id', 'present', 'left', 'box'):
                rows[column][own] = former[column][0]
        else:
            rows['track_id'][own] = track_id
            rows['present'][own] = True
        self._ignored_ids.pop(track_id, None)

    def _check_model(self, model: str) -> None:
        if model and model != self.model:
            raise ValueError(
                f'embeddings of model {model!r} cannot be compared with the gallery, which has '
                f'embeddings of model {self.model!r}: enrol the identities again with that model'
            )
