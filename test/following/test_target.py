# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0

from __future__ import annotations

import pytest

from fairmot_ros.following.target import TargetKind, parse_target


@pytest.mark.parametrize('text', ['0', 'front/0', '9' * 19, '9' * 5000])
def test_an_id_that_no_track_can_have_is_one_sentence(text: str) -> None:
    with pytest.raises(ValueError, match='ids of tracks start at 1 and have at most 18') as error:
        parse_target(text)
    assert len(str(error.value)) < 200


def test_the_longest_id() -> None:
    target = parse_target('9' * 18)
    assert (target.kind, target.track_id) == (TargetKind.ID, 10**18 - 1)
