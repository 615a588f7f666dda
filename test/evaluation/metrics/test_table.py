# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0

from __future__ import annotations

from fairmot_ros.evaluation import evaluate_mot, format_table


def test_ratios_are_in_percent_and_counts_are_integers():
    gt = [[f, 1, 0, 0, 10, 10, 1, -1, -1, -1] for f in (1, 2, 3)]
    lines = format_table(evaluate_mot({'street': (gt, gt[:2])}, 'MOT15')).splitlines()
    header, street, combined = (line.split() for line in lines)
    assert header[0] == 'sequence'
    assert street[0] == 'street'
    assert combined[0] == 'COMBINED'
    cells = dict(zip(header, street))
    assert (cells['MOTA'], cells['IDF1'], cells['MOTP']) == ('66.7', '80.0', '100.0')
    assert (cells['FN'], cells['FP'], cells['PT']) == ('1', '0', '1')
    assert len({len(line) for line in lines}) == 1, 'columns are aligned'


def test_without_sequences():
    assert format_table({}) == '(no sequences)'
