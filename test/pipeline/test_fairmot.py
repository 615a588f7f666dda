# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""`FairMOT` on the bundled clip, and the output filter."""

from itertools import islice
from pathlib import Path

import numpy as np
import pytest
from make_track import make_track

import fairmot_ros
from fairmot_ros.media.video_source import VideoSource
from fairmot_ros.pipeline import FairMOT, filter_tracks
from fairmot_ros.types import Track

CLIP = Path(fairmot_ros.__file__).parent / 'data' / 'pedestrians.mp4'


@pytest.fixture(scope='module')
def fairmot() -> FairMOT:
    return FairMOT(device='cpu')


def test_people_in_the_clip_are_tracked(fairmot: FairMOT) -> None:
    fairmot.tracker.reset()
    ids = []
    for i, image in enumerate(islice(VideoSource(CLIP), 12)):
        tracks = fairmot(image, stamp=i / 7)
        ids.append({t.track_id for t in tracks})
        for track in tracks:
            assert track.embedding is not None
            assert track.embedding.shape == (fairmot.detector.embedding_size,)
    assert all(len(now) >= 2 for now in ids)
    assert len(ids[0] & ids[-1]) >= 2, 'fewer than two ids lasted for two seconds'


def test_blank_image_has_no_tracks(fairmot: FairMOT) -> None:
    fairmot.tracker.reset()
    assert fairmot(np.full((480, 640, 3), 127, np.uint8), stamp=0.0) == []


def test_default_model_is_small() -> None:
    weights = Path(fairmot_ros.__file__).parent / 'weights' / 'default.pth'
    assert weights.stat().st_size <= 12e6


def box(width: float, height: float) -> Track:
    return make_track(1, (0, 0, width, height), hits=1, age=0.0)


@pytest.mark.parametrize(
    ('width', 'height', 'kept'),
    [(10, 10, False), (10.1, 10, True), (16, 10, True), (16.1, 10, False), (5, 100, True)],
)
def test_output_filter_with_the_thresholds_of_the_reference(
    width: float, height: float, kept: bool
) -> None:
    assert bool(filter_tracks([box(width, height)], 100, 1.6)) == kept


def test_output_filter_is_off_by_default() -> None:
    assert filter_tracks([box(100, 1), box(1, 1)])
