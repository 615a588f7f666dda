# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Tracker with a gallery: an identity that returns after its track ended keeps its id."""

from __future__ import annotations

import numpy as np
import pytest

from fairmot_ros.tracker import Tracker, TrackerConfig
from fairmot_ros.tracker.gallery import Gallery, GalleryConfig
from fairmot_ros.types import Detections

EMBEDDINGS = np.eye(8)
NO_DETECTIONS = Detections.empty(8)


def person(x: float, identity: int) -> Detections:
    return Detections([[x, 100, x + 40, 200]], [0.9], [EMBEDDINGS[identity]])


class Stream:
    """A tracker that receives detections at 10 frames per second."""

    def __init__(self, tracker: Tracker) -> None:
        self.tracker = tracker
        self.now = 0.0

    def repeat(self, detections: Detections, seconds: float = 0.5) -> list[int]:
        """Pass the same detections for some seconds; return the ids of the last frame."""
        for _ in range(max(1, round(10 * seconds))):
            self.now += 0.1
            tracks = self.tracker.update(detections, stamp=self.now)
        return [track.track_id for track in tracks]


def new_stream(gallery: Gallery | None = None) -> Stream:
    return Stream(Tracker(TrackerConfig(lost_timeout=1.0, reid_timeout=0.0), gallery=gallery))


@pytest.mark.parametrize('with_gallery', [False, True])
def test_returning_identity_keeps_its_id_with_a_gallery(with_gallery: bool) -> None:
    stream = new_stream(Gallery() if with_gallery else None)
    (first,) = stream.repeat(person(100, 0))
    (second,) = stream.repeat(person(400, 1))
    stream.repeat(NO_DETECTIONS, 5.0)
    (again,) = stream.repeat(person(300, 0))
    assert (again == first) == with_gallery
    (other,) = stream.repeat(person(600, 2))
    assert other not in (first, second, again)


def test_one_id_is_never_on_two_tracks() -> None:
    stream = new_stream(Gallery())
    (first,) = stream.repeat(person(100, 0))
    stream.repeat(NO_DETECTIONS, 5.0)
    twins = Detections(
        [[100, 100, 140, 200], [600, 100, 640, 200]], [0.9, 0.9], [EMBEDDINGS[0], EMBEDDINGS[0]]
    )
    ids = stream.repeat(twins)
    assert first in ids
    assert len(set(ids)) == 2


def test_forgotten_identity_gets_a_new_id() -> None:
    gallery = Gallery()
    stream = new_stream(gallery)
    (first,) = stream.repeat(person(100, 0))
    stream.repeat(NO_DETECTIONS, 5.0)
    assert gallery.forget(first) == 1
    (again,) = stream.repeat(person(100, 0))
    assert again != first


def test_absence_counts_from_the_last_observation() -> None:
    gallery = Gallery(GalleryConfig(ttl=3.0))
    stream = new_stream(gallery)
    (first,) = stream.repeat(person(100, 0))
    stream.repeat(NO_DETECTIONS, 2.7)
    assert stream.repeat(person(100, 0), 0.5) == [first]
    stream.repeat(NO_DETECTIONS, 3.2)
    assert stream.repeat(person(100, 0), 0.5) != [first]


def test_only_enrolled_identities_are_recalled_after_a_reset() -> None:
    gallery = Gallery()
    stream = new_stream(gallery)
    (ada,) = stream.repeat(person(100, 0))
    (bob,) = stream.repeat(person(400, 1))
    gallery.enrol('Ada', EMBEDDINGS[0], track_id=ada)
    stream.repeat(NO_DETECTIONS, 5.0)
    stream.tracker.reset()
    stream.now = 0.0
    assert stream.repeat(person(300, 0)) == [ada]
    assert stream.repeat(person(800, 1)) != [bob]


@pytest.mark.parametrize(
    'config',
    [
        TrackerConfig(use_appearance=False),
        TrackerConfig.reference(variant='byte'),
    ],
)
def test_gallery_without_embeddings_raises(config: TrackerConfig) -> None:
    with pytest.raises(ValueError, match='a gallery needs embeddings'):
        Tracker(config, gallery=Gallery())
