"""Trackers with a gallery: who comes back after being gone for good has the old id."""

from __future__ import annotations

import numpy as np
import pytest

from fairmot_ros.tracker import Tracker, TrackerConfig
from fairmot_ros.tracker.gallery import Gallery, GalleryConfig
from fairmot_ros.types import Detections

LOOKS = np.eye(8)
NOBODY = Detections.empty(8)


def person(x: float, look: int) -> Detections:
    return Detections([[x, 100, x + 40, 200]], [0.9], [LOOKS[look]])


class Stage:
    """A tracker whose people come and go at 10 images per second."""

    def __init__(self, tracker: Tracker) -> None:
        self.tracker = tracker
        self.now = 0.0

    def show(self, detections: Detections, seconds: float = 0.5) -> list[int]:
        """Show the same for a while; returns the ids at the end."""
        for _ in range(max(1, round(10 * seconds))):
            self.now += 0.1
            tracks = self.tracker.update(detections, stamp=self.now)
        return [track.track_id for track in tracks]


def stage(gallery: Gallery | None = None) -> Stage:
    return Stage(Tracker(TrackerConfig(lost_timeout=1.0, reid_timeout=0.0), gallery=gallery))


@pytest.mark.parametrize('with_gallery', [False, True])
def test_who_comes_back_has_the_old_id(with_gallery: bool) -> None:
    play = stage(Gallery() if with_gallery else None)
    (first,) = play.show(person(100, 0))
    (second,) = play.show(person(400, 1))
    play.show(NOBODY, 5.0)
    (again,) = play.show(person(300, 0))
    assert (again == first) == with_gallery
    (stranger,) = play.show(person(600, 2))
    assert stranger not in (first, second, again)


def test_an_id_is_never_visible_twice() -> None:
    play = stage(Gallery())
    (first,) = play.show(person(100, 0))
    play.show(NOBODY, 5.0)
    twins = Detections(
        [[100, 100, 140, 200], [600, 100, 640, 200]], [0.9, 0.9], [LOOKS[0], LOOKS[0]]
    )
    ids = play.show(twins)
    assert first in ids
    assert len(set(ids)) == 2


def test_who_was_forgotten_is_a_stranger() -> None:
    gallery = Gallery()
    play = stage(gallery)
    (first,) = play.show(person(100, 0))
    play.show(NOBODY, 5.0)
    assert gallery.forget(first) == 1
    (again,) = play.show(person(100, 0))
    assert again != first


def test_the_time_away_counts_from_the_last_sight() -> None:
    gallery = Gallery(GalleryConfig(ttl=3.0))
    play = stage(gallery)
    (first,) = play.show(person(100, 0))
    play.show(NOBODY, 2.7)
    assert play.show(person(100, 0), 0.5) == [first]
    play.show(NOBODY, 3.2)
    assert play.show(person(100, 0), 0.5) != [first]


def test_only_the_enrolled_come_back_after_a_reset() -> None:
    gallery = Gallery()
    play = stage(gallery)
    (ada,) = play.show(person(100, 0))
    (bob,) = play.show(person(400, 1))
    gallery.enrol('Ada', LOOKS[0], track_id=ada)
    play.show(NOBODY, 5.0)
    play.tracker.reset()
    play.now = 0.0
    assert play.show(person(300, 0)) == [ada]
    assert play.show(person(800, 1)) != [bob]


@pytest.mark.parametrize(
    'config',
    [
        TrackerConfig(use_appearance=False),
        TrackerConfig.reference(variant='byte'),
    ],
)
def test_a_gallery_needs_embeddings(config: TrackerConfig) -> None:
    with pytest.raises(ValueError, match='a gallery needs embeddings'):
        Tracker(config, gallery=Gallery())
