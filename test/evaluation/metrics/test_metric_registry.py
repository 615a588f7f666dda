# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Registry of metrics, with a metric added to it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

from fairmot_ros.evaluation import evaluate_mot
from fairmot_ros.evaluation.metrics.evaluate import METRICS
from fairmot_ros.evaluation.metrics.preprocessing import MotSequence

BOX = [0, 0, 10, 20, 1, -1, -1, -1]
TRUTH = np.array([[1, 1, *BOX], [2, 1, *BOX]], float)


@dataclass(frozen=True)
class Sequences:
    number: int

    def __add__(self, other: Sequences) -> Sequences:
        return Sequences(self.number + other.number)

    def summary(self) -> dict[str, float | int]:
        return {'sequences': self.number}


def test_metric_can_be_added_to_the_registry(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def count(sequence: MotSequence) -> Sequences:
        return Sequences(1)

    monkeypatch.setitem(METRICS, 'sequences', count)
    found = evaluate_mot({'a': (TRUTH, TRUTH), 'b': (TRUTH, TRUTH)})
    assert found['a']['sequences'] == 1
    assert found['COMBINED']['sequences'] == 2
    names = list(found['COMBINED'])
    assert names[:9] == ['HOTA', 'DetA', 'AssA', 'LocA', 'MOTA', 'MOTP', 'IDF1', 'IDP', 'IDR']
    assert names[9:] == ['IDSW', 'FP', 'FN', 'Frag', 'MT', 'PT', 'ML', 'sequences']
