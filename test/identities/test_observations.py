# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from fairmot_ros.identities import IdentityResolver, Observation, SourceFrame

BOX = [0.0, 0.0, 50.0, 100.0]


def test_values_are_converted() -> None:
    seen = Observation(7, BOX, [3, 4], [1, 2, 9], np.diag([1.0, 2.0, 3.0]), age=2)
    assert (seen.track_id, seen.age) == ('7', 2.0)
    assert seen.embedding is not None and seen.position is not None
    np.testing.assert_allclose(seen.embedding, [0.6, 0.8], rtol=1e-6)
    assert seen.position.tolist() == [1.0, 2.0]
    assert seen.covariance is not None
    assert seen.covariance.tolist() == [[1.0, 0.0], [0.0, 2.0]]


@pytest.mark.parametrize(
    ('values', 'message'),
    [
        ({'box_xyxy': [0, 0, 1]}, r'box_xyxy must be \[4\] finite numbers, got shape \[3\]'),
        ({'box_xyxy': [0, 0, 1, np.nan]}, 'box_xyxy must be'),
        ({'embedding': [0.0, 0.0]}, 'an embedding must be'),
        ({'position': [1, 2]}, 'position and covariance must both be given'),
        ({'position': [1, np.inf], 'covariance': np.eye(2)}, 'position must be'),
        ({'age': np.nan}, 'age must be'),
    ],
)
def test_values_that_cannot_be_used_are_refused(values: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Observation(1, **{'box_xyxy': BOX, **values})


@pytest.mark.parametrize(
    ('source', 'stamp', 'embeddings', 'message'),
    [
        ('', 0.0, {}, 'the name of the source is empty'),
        ('hall', np.nan, {}, 'the stamp must be a finite number'),
        ('hall', 0.0, {1: [1, 2], 2: [1, 2, 3]}, 'have 2 and 3 numbers; expected one size'),
    ],
)
def test_frames_that_cannot_be_used_are_refused(
    source: str, stamp: float, embeddings: dict[int, list[float]], message: str
) -> None:
    seen = tuple(Observation(track, BOX, unit) for track, unit in embeddings.items())
    with pytest.raises(ValueError, match=message):
        SourceFrame(source, stamp, 'net:1', seen)


def test_a_track_twice_in_a_frame_is_refused() -> None:
    with pytest.raises(ValueError, match='track 1 occurs twice in a frame of hall'):
        SourceFrame('hall', 0.0, 'net:1', (Observation(1, BOX), Observation('1', BOX)))


def test_a_frame_with_another_embedding_size_changes_nothing() -> None:
    resolver = IdentityResolver()
    resolver.enrol('Ada', embeddings=np.ones(4), model='net:1')
    frame = SourceFrame('hall', 0.0, 'net:1', (Observation(1, BOX, np.ones(5)),))
    with pytest.raises(ValueError, match='has 5 numbers; expected 4'):
        resolver.update(frame)
    assert resolver.assignments() == []
