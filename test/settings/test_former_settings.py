# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0

import pytest

from fairmot_ros.settings.former import current_settings


def test_former_names_are_renamed_with_a_warning(caplog: pytest.LogCaptureFixture) -> None:
    found = current_settings({'near_height': 3, 'looks': True, 'weight': 2}, 'my.yaml')
    assert found == {'teacher_embeddings': True, 'weight': 2}
    assert caplog.messages == [
        'my.yaml: near_height has no effect any more: every image is processed once, at one size',
        'my.yaml: looks is now called teacher_embeddings; rename it before version 2.0',
    ]


def test_current_names_give_no_warning(caplog: pytest.LogCaptureFixture) -> None:
    assert current_settings({'weight': 2}, 'my.yaml') == {'weight': 2}
    assert not caplog.messages


def test_current_name_takes_precedence() -> None:
    for values in ({'max_lost': 2.0, 'lost_timeout': 3.0}, {'lost_timeout': 3.0, 'max_lost': 2.0}):
        assert current_settings(values, 'my.yaml') == {'lost_timeout': 3.0}
