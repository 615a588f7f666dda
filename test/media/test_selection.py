# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0

import doctest
from itertools import count, islice

import pytest

from fairmot_ros.media import selection
from fairmot_ros.media.selection import Selection


@pytest.mark.parametrize(
    ('chosen', 'numbers'),
    [
        (Selection(), [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]),
        (Selection(every=3), [1, 4, 7, 10]),
        (Selection(start=0.3), [4, 5, 6, 7, 8, 9, 10]),
        (Selection(seconds=0.3), [1, 2, 3]),
        (Selection(start=0.3, seconds=0.5, every=2), [4, 6, 8]),
        (Selection(start=5.0), []),
    ],
)
def test_frames_of_a_video_with_ten_frames_per_second(
    chosen: Selection, numbers: list[int]
) -> None:
    times = [index / 10 for index in range(10)]
    found = [number for number, used in enumerate(chosen.choices(times), 1) if used]
    assert found == numbers


def test_times_may_be_endless() -> None:
    times = (index / 30 for index in count())
    assert sum(islice(Selection(seconds=1.0).choices(times), 1000)) == 30


@pytest.mark.parametrize(
    ('values', 'message'),
    [
        ({'every': 0}, 'every must be at least 1, got 0'),
        ({'start': -1.0}, 'start must be a number of seconds of at least 0, got -1.0'),
        ({'seconds': float('nan')}, 'seconds must be a number of seconds of at least 0, got nan'),
    ],
)
def test_values_out_of_range_are_rejected(values: dict[str, float], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Selection(**values)  # type: ignore[arg-type]


def test_example() -> None:
    assert doctest.testmod(selection).failed == 0
