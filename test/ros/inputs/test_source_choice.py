# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Choice between raw and compressed images by what is published."""

from __future__ import annotations

import pytest

pytest.importorskip('rclpy', reason='needs ROS 2')
from fairmot_ros.ros.inputs.source_choice import SETTLE_SECONDS, SourceChoice

RAW, COMPRESSED, BOTH, NONE = (True, False), (False, True), (True, True), (False, False)


def test_the_first_source_is_kept_until_there_is_a_publisher() -> None:
    choice = SourceChoice()
    for now in range(5):
        assert not choice.update(NONE, float(now))
    assert (choice.chosen, choice.is_decided) == (0, False)


@pytest.mark.parametrize('published', [RAW, BOTH])
def test_the_first_source_is_chosen_at_once_where_it_is_published(published: tuple) -> None:
    choice = SourceChoice()
    assert choice.update(published, 1.0), 'the decision is reported'
    assert not choice.update(published, 2.0), 'but only once'
    assert choice.chosen == 0


def test_the_second_source_is_chosen_when_it_stays_the_only_one() -> None:
    choice = SourceChoice()
    assert not choice.update(COMPRESSED, 1.0)
    assert not choice.update(COMPRESSED, 1.0 + 0.9 * SETTLE_SECONDS)
    assert choice.chosen == 0
    assert choice.update(COMPRESSED, 1.0 + SETTLE_SECONDS)
    assert choice.chosen == 1
    assert not choice.update(COMPRESSED, 9.0)


def test_publishers_of_a_camera_may_be_discovered_in_any_order() -> None:
    choice = SourceChoice()
    choice.update(COMPRESSED, 1.0)
    assert choice.update(BOTH, 1.0 + SETTLE_SECONDS)
    assert choice.chosen == 0
    # A restart of the camera: the time without the first source begins anew.
    choice.update(COMPRESSED, 5.0)
    choice.update(NONE, 5.1)
    choice.update(COMPRESSED, 8.0)
    assert choice.chosen == 0
    assert not choice.update(RAW, 8.1)


def test_the_choice_follows_publishers_that_appear_and_vanish() -> None:
    choice = SourceChoice()
    choice.update(COMPRESSED, 1.0)
    choice.update(COMPRESSED, 2.0)
    assert choice.update(BOTH, 3.0)
    assert choice.chosen == 0
    assert not choice.update(COMPRESSED, 4.0)
    assert choice.update(COMPRESSED, 5.0)
    assert choice.chosen == 1
    assert not choice.update(NONE, 6.0), 'without publishers, the source stays'
    assert choice.chosen == 1


def test_a_third_source_is_the_last_choice() -> None:
    choice = SourceChoice()
    choice.update((False, False, True), 1.0)
    assert choice.update((False, False, True), 2.0)
    assert choice.chosen == 2
    assert choice.update((False, True, True), 3.0)
    assert choice.chosen == 1
