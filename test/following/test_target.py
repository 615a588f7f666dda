# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import numpy as np
import pytest

from fairmot_ros.following import FollowSettings, TargetKind, parse_target
from fairmot_ros.following.known_views import FOLLOWED, OTHER_VIEWS, OWN_VIEWS, KnownViews


@pytest.mark.parametrize(
    ('text', 'kind', 'camera', 'track_id'),
    [
        ('', TargetKind.NONE, None, 0),
        ('nearest', TargetKind.NEAREST, None, 0),
        ('front/nearest', TargetKind.NEAREST, 'front', 0),
        ('7', TargetKind.ID, '', 7),
        ('front/7', TargetKind.ID, 'front', 7),
        ('Ada 7', TargetKind.NAME, None, 0),
    ],
)
def test_targets_are_read(text: str, kind: TargetKind, camera: str | None, track_id: int) -> None:
    target = parse_target(text)
    assert (target.kind, target.camera, target.track_id) == (kind, camera, track_id)


def test_target_of_another_camera_is_none_here() -> None:
    target = parse_target('front/7')
    assert target.in_camera('front').kind is TargetKind.ID
    assert target.in_camera('back').kind is TargetKind.NONE
    with pytest.raises(ValueError, match='none of the cameras .*expected left/7 or right/7'):
        target.check_camera(['left', 'right'])
    with pytest.raises(ValueError, match='expected left/7'):
        parse_target('7').check_camera(['left'])


def test_settings_reject_the_id_0() -> None:
    with pytest.raises(ValueError, match='ids of tracks start at 1'):
        FollowSettings(follow='0')


def test_views_are_limited_and_the_different_ones_are_kept() -> None:
    views, corners = KnownViews(), np.eye(OWN_VIEWS, dtype=np.float32)
    for stamp, corner in enumerate(corners):
        views.add(FOLLOWED, corner, 0.01, stamp)
    for shift in np.linspace(0.1, 0.3, 5):
        views.add(FOLLOWED, corners[0] + shift * corners[1], 0.001, 99.0)
        views.add(4, corners[2] + shift * corners[3], 0.0, 99.0)
    assert len(views) == OWN_VIEWS + OTHER_VIEWS
    assert max(views.distances(corner, ())[0] for corner in corners[2:]) < 1e-6
    own, other = views.distances(corners[2], [4])
    assert own < 1e-6 < other < 0.1
    assert views.distances(corners[2], [5])[1] == np.inf
    assert views.distances(corners[5], (), until=3.0)[0] > 0.9
    views.forget(FOLLOWED, since=50.0)
    views.forget(4)
    assert views.others == set() and views.has_followed
    views.add(FOLLOWED, np.ones(3, np.float32), 0.0, 0.0)  # another model
    assert len(views) == 1


@pytest.mark.parametrize('text', ['0', 'front/0', '9' * 19, '9' * 5000])
def test_an_id_that_no_track_can_have_is_one_sentence(text: str) -> None:
    with pytest.raises(ValueError, match='ids of tracks start at 1 and have at most 18') as error:
        parse_target(text)
    assert len(str(error.value)) < 200
    assert parse_target('9' * 18).track_id == 10**18 - 1
