# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Cut-outs of people."""

from pathlib import Path

from fairmot_ros.training.data.cut_outs import read_cut_outs


def test_cut_outs_are_cropped_to_the_person(training_data: Path) -> None:
    cut_outs = read_cut_outs(training_data / 'cut_outs', 5, max_height=30)
    assert [c.identity for c in cut_outs] == [5, 6, 7]
    assert cut_outs[0].mask.shape == (30, 10)
