# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""One identity across cameras and machines: matching of tracks, without ROS.

Every source (camera) has tracks with ids of its own. `IdentityResolver` takes their frames and
gives each track a global id, by appearance, time and, where positions in a common frame are
known, by place. Decisions are revised: two identities merge, or one is split, and each change is
an event.

>>> import numpy as np
>>> from fairmot_ros.identities import IdentityResolver, Observation, SourceFrame
>>> resolver = IdentityResolver()
>>> def see(source, stamp, track_id, place):
...     box, embedding = [10, 20, 60, 180], np.eye(1, 8)[0]
...     seen = Observation(track_id, box, embedding, place, 0.01 * np.eye(2))
...     return resolver.update(SourceFrame(source, stamp, 'model', [seen]))[0]
>>> for step in range(20):
...     door = see('door', 0.1 * step, track_id=7, place=[1.0, 0.1 * step])
...     hall = see('hall', 0.1 * step, track_id=3, place=[1.1, 0.1 * step])
>>> door.global_id, hall.global_id, hall.state.name
(1, 1, 'MATCHED')
>>> [event.kind.name for event in resolver.take_events()]
['CREATED', 'MATCHED']

The interface, which a node builds on:

- Input: `SourceFrame(source, stamp, model, observations)`, one for each `TrackArray` of a camera,
  with an `Observation(track_id, box_xyxy, embedding, position, covariance, class_id, age)` for
  each track that is seen in it (state TRACKED). Stamps and times are seconds (float).
- `IdentityResolver.update(frame, received)` returns an `Assignment(source, track_id, global_id,
  name, similarity, state)` for each observation, in their order; `received` is the own time of
  reception, from which the offset of the source's clock is estimated.
- `assignments()` returns those of all visible tracks, `take_events()` the `IdentityEvent`s and
  `take_warnings()` the sentences to log since the last call.
- `maintain(now)` drops ended tracks, removes what is older than the retention time and writes to
  the store; call it about once per second. `close()` at the end.
- Requests: `identities()`, `counts()`, `query()`, `find_track()`, `enrol()`, `merge()`, `split()`,
  `forget()`. They raise ValueError with a sentence for the user.
- Settings: `IdentitiesConfig`, a `Settings` dataclass as all others.
- Store: `IdentityResolver(config, IdentityStore(path))` keeps identities over restarts.
  `StoreReader(path)` reads the file beside it: `identities()`, `presences(since, until)` (who was
  where when), `events(since, until)`. They raise StoreError with a sentence for the user.
- `import_gallery()` and `export_gallery()` exchange names with the gallery of a tracker.
- Calibration: `read_calibrations(paths)` reads what a similarity means for a model, see
  `calibration`; models without one get `UNCALIBRATED`, which is strict.
"""

from __future__ import annotations

from fairmot_ros.identities.calibration import UNCALIBRATED, Calibration, read_calibrations
from fairmot_ros.identities.config import IdentitiesConfig
from fairmot_ros.identities.decisions import (
    Assignment,
    AssignmentState,
    EventKind,
    IdentityCounts,
    IdentityEvent,
    IdentityMatch,
    KnownIdentity,
)
from fairmot_ros.identities.gallery_exchange import export_gallery, import_gallery
from fairmot_ros.identities.observations import Observation, SourceFrame
from fairmot_ros.identities.resolver import IdentityResolver
from fairmot_ros.identities.store import IdentityStore, Presence, StoreError, StoreReader

__all__ = [
    'UNCALIBRATED',
    'Assignment',
    'AssignmentState',
    'Calibration',
    'EventKind',
    'IdentitiesConfig',
    'IdentityCounts',
    'IdentityEvent',
    'IdentityMatch',
    'IdentityResolver',
    'IdentityStore',
    'KnownIdentity',
    'Observation',
    'Presence',
    'SourceFrame',
    'StoreError',
    'StoreReader',
    'export_gallery',
    'import_gallery',
    'read_calibrations',
]
