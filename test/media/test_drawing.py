# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0

import numpy as np
import pytest

pytest.importorskip('cv2')
from make_track import make_track

from fairmot_ros.media.drawing import Annotator, track_colour
from fairmot_ros.types import Tracks


def single_track(track_id: int, left: float, top: float) -> Tracks:
    return Tracks.of([make_track(track_id, (left, top, 30, 60))])


def test_boxes_and_trails_are_drawn_into_a_copy() -> None:
    image = np.zeros((240, 320, 3), np.uint8)
    annotator = Annotator(trail_seconds=1.0)
    for i in range(5):
        annotator.add_positions(single_track(1, 50 + 20 * i, 100), stamp=i / 10)
    canvas = annotator.draw(image, single_track(1, 130, 100), rate=10)
    assert not image.any()
    colour = track_colour(1)
    for y, x in ((130, 130), (160, 90)):  # left edge of the box, and a point of the trail
        assert np.abs(canvas[y - 1 : y + 2, x - 1 : x + 2].max(axis=(0, 1)) - colour).max() < 80
    annotator.add_positions(Tracks.of([]), stamp=5.0)
    assert not annotator.draw(image, Tracks.of([]), rate=10)[155:165, 80:100].any()


def test_labels_may_be_other_texts_than_the_number() -> None:
    image = np.zeros((240, 320, 3), np.uint8)
    tracks = single_track(1, 130, 100)
    number = Annotator().draw(image, tracks, 10)
    asked: list[int] = []

    def label(track_id: int) -> str:
        asked.append(track_id)
        return f'front/{track_id}'

    named = Annotator().draw(image, tracks, 10, label=label)
    assert asked == [1]
    assert (named != number)[70:110].any(), 'above the box'
    assert (named == number)[110:200].all()


@pytest.mark.parametrize('place', [(-20, -40), (310, 230), (1000, 1000)])
def test_boxes_outside_the_image_do_not_raise(place: tuple[float, float]) -> None:
    image = np.zeros((240, 320, 3), np.uint8)
    assert Annotator().draw(image, single_track(12345, *place), rate=0.0).shape == image.shape


def test_neighbouring_ids_have_different_colours() -> None:
    colours = [np.array(track_colour(i)) for i in range(1, 12)]
    for i, a in enumerate(colours):
        assert all(np.abs(a - b).max() > 30 for b in colours[i + 1 :])
