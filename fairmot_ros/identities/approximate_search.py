# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Search among very many embeddings through an index, with the optional package hnswlib.

Hierarchical navigable small worlds: Malkov, Yashunin, IEEE TPAMI 2020. The index returns a few
embeddings that are probably the nearest; their similarities are then computed exactly.
"""

from __future__ import annotations

from threading import Lock, Thread

import numpy as np
from numpy.typing import NDArray

try:
    import hnswlib
except ImportError:  # search stays exact
    hnswlib = None

AVAILABLE = hnswlib is not None
#: Links of each embedding, and candidates while building and searching: on 1e5 embeddings, the
#: nearest one is found always, and 94 % of the 20 nearest.
LINKS, BUILD, SEARCH = 16, 100, 100
FEWEST = 40  # embeddings returned by a search
GROWTH = 1.5
#: Similarity above which a newer embedding of the same track leaves the index as it is.
UNCHANGED = 0.98

Unit = NDArray[np.float32]


class ApproximateSearch:
    """An index of embeddings by label, built in a thread; until it is ready, search exactly.

    Attributes:
        ready: whether it can be searched.
    """

    def __init__(self, embeddings: Unit, labels: NDArray[np.int64]) -> None:
        """Start to build an index.

        Args:
            embeddings: [N, D] of unit length; copied.
            labels: [N], unique.
        """
        self.ready = False
        self._lock = Lock()
        self._pending: list[tuple[int, Unit | None]] = []
        self._index = hnswlib.Index('ip', embeddings.shape[1])
        self._index.init_index(
            int(GROWTH * len(labels)),
            M=LINKS,
            ef_construction=BUILD,
            allow_replace_deleted=True,
        )
        self._index.set_ef(SEARCH)
        self._indexed = set(labels.tolist())
        copied = embeddings.copy(), labels.copy()
        self._thread = Thread(target=self._build, args=copied, name='index', daemon=True)
        self._thread.start()

    def add(self, label: int, unit: Unit) -> None:
        """Add an embedding, or replace that of a label."""
        self._change(label, unit.copy())

    def remove(self, label: int) -> None:
        """Remove an embedding; its place in memory is reused by the next one."""
        self._change(label, None)

    def nearest(self, unit: Unit, count: int) -> list[int]:
        """Return the labels of about the `count` nearest embeddings; only when ready."""
        with self._lock:
            wanted = min(max(count, FEWEST), len(self._indexed))
            if not wanted:
                return []
            labels, _ = self._index.knn_query(unit, k=wanted, num_threads=1)
            return [int(label) for label in labels[0]]

    def wait(self) -> None:
        """Wait until the index is ready."""
        self._thread.join()

    def _build(self, embeddings: Unit, labels: NDArray[np.int64]) -> None:
        self._index.add_items(embeddings, labels, num_threads=1)
        embeddings[:] = 0
        with self._lock:
            pending, self._pending = self._pending, []
            for label, unit in pending:
                self._apply(label, unit)
            self.ready = True

    def _change(self, label: int, unit: Unit | None) -> None:
        with self._lock:
            if self.ready:
                self._apply(label, unit)
            else:
                self._pending.append((label, unit))

    def _apply(self, label: int, unit: Unit | None) -> None:
        if unit is None:
            if label in self._indexed:
                # The embedding is overwritten first: a deleted one stays in memory.
                zero = np.zeros((1, self._index.dim), np.float32)
                self._index.add_items(zero, [label], num_threads=1)
                self._index.mark_deleted(label)
                self._indexed.remove(label)
            return
        if self._index.get_current_count() == self._index.get_max_elements():
            self._index.resize_index(int(GROWTH * self._index.get_max_elements()))
        self._index.add_items(unit[None], [label], num_threads=1, replace_deleted=True)
        self._indexed.add(label)
