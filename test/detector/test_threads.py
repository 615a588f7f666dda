# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""How many threads a detector takes, and that the process keeps what it has set."""

from __future__ import annotations

import os
from collections.abc import Iterator

import cv2
import pytest
import torch

from fairmot_ros.detector import threads
from fairmot_ros.detector.threads import free_cores, use_threads


@pytest.fixture(autouse=True)
def unchanged() -> Iterator[None]:
    before = torch.get_num_threads(), cv2.getNumThreads()
    yield
    torch.set_num_threads(before[0])
    cv2.setNumThreads(before[1])


@pytest.mark.parametrize(('cores', 'free'), [(1, 1), (2, 2), (3, 2), (16, 15)])
def test_one_of_many_cores_stays_free(
    cores: int, free: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, 'sched_getaffinity', lambda _: set(range(cores)))
    assert free_cores() == free


def test_the_automatic_number_only_lowers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threads, 'free_cores', lambda: 3)
    torch.set_num_threads(2)
    cv2.setNumThreads(2)
    assert use_threads(0) == 2
    torch.set_num_threads(4)
    cv2.setNumThreads(4)
    assert use_threads(0) == 3
    assert (torch.get_num_threads(), cv2.getNumThreads()) == (3, 3)


def test_a_given_number_holds_for_torch_and_opencv() -> None:
    assert use_threads(3) == 3
    assert (torch.get_num_threads(), cv2.getNumThreads()) == (3, 3)


@pytest.mark.parametrize('number', [-1, 1025])
def test_other_numbers_are_refused(number: int) -> None:
    with pytest.raises(ValueError, match=rf'threads must be within 0\.\.1024, got {number}'):
        use_threads(number)
