# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Metrics computed by TrackEval itself; needs `pip install trackeval==1.3.0`."""

from __future__ import annotations

import contextlib
import io
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from fairmot_ros.evaluation.metrics.evaluate import Summary
from fairmot_ros.evaluation.mot.text_format import FRAME, MotArray, write_mot

VERSION = '1.3.0'

# Group and name in TrackEval of each metric of `evaluate_mot`; HOTA metrics have one value per
# threshold.
FIELDS = {
    'HOTA': ('HOTA', 'HOTA'),
    'DetA': ('HOTA', 'DetA'),
    'AssA': ('HOTA', 'AssA'),
    'LocA': ('HOTA', 'LocA'),
    'MOTA': ('CLEAR', 'MOTA'),
    'MOTP': ('CLEAR', 'MOTP'),
    'IDF1': ('Identity', 'IDF1'),
    'IDP': ('Identity', 'IDP'),
    'IDR': ('Identity', 'IDR'),
    'IDSW': ('CLEAR', 'IDSW'),
    'FP': ('CLEAR', 'CLR_FP'),
    'FN': ('CLEAR', 'CLR_FN'),
    'Frag': ('CLEAR', 'Frag'),
    'MT': ('CLEAR', 'MT'),
    'PT': ('CLEAR', 'PT'),
    'ML': ('CLEAR', 'ML'),
}
COUNTS = ('IDSW', 'FP', 'FN', 'Frag', 'MT', 'PT', 'ML')


def trackeval_metrics(
    sequences: Mapping[str, tuple[MotArray, MotArray]], benchmark: str
) -> dict[str, Summary]:
    """Return the metrics of `evaluate_mot`, computed by TrackEval."""
    import trackeval

    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        lengths = _write(sequences, folder)
        quiet = {'PRINT_CONFIG': False}
        dataset = trackeval.datasets.MotChallenge2DBox(
            {
                **quiet,
                'GT_FOLDER': str(folder / 'gt'),
                'TRACKERS_FOLDER': str(folder / 'results'),
                'TRACKERS_TO_EVAL': ['tracker'],
                'BENCHMARK': benchmark,
                'SEQ_INFO': lengths,
                'SKIP_SPLIT_FOL': True,
            }
        )
        metrics = [
            trackeval.metrics.HOTA(),
            trackeval.metrics.CLEAR(quiet),
            trackeval.metrics.Identity(quiet),
        ]
        options = ('PRINT_RESULTS', 'TIME_PROGRESS', 'OUTPUT_SUMMARY', 'OUTPUT_DETAILED')
        evaluator = trackeval.Evaluator(
            {
                **quiet,
                **dict.fromkeys((*options, 'PLOT_CURVES'), False),
                'LOG_ON_ERROR': None,
            }
        )
        with contextlib.redirect_stdout(io.StringIO()):
            output, _ = evaluator.evaluate([dataset], metrics)
    figures = {
        name: _summary(row['pedestrian'])
        for name, row in output['MotChallenge2DBox']['tracker'].items()
    }
    figures['COMBINED'] = figures.pop('COMBINED_SEQ')
    return figures


def _write(sequences: Mapping[str, tuple[MotArray, MotArray]], folder: Path) -> dict[str, int]:
    """Write the files in the layout of TrackEval and return the lengths of the sequences."""
    results_folder = folder / 'results' / 'tracker' / 'data'
    results_folder.mkdir(parents=True)
    lengths = {}
    for name, (gt, results) in sequences.items():
        gt_folder = folder / 'gt' / name / 'gt'
        gt_folder.mkdir(parents=True)
        write_mot(gt_folder / 'gt.txt', gt)
        write_mot(results_folder / f'{name}.txt', results)
        lengths[name] = max([1, *gt[:, FRAME].astype(int), *results[:, FRAME].astype(int)])
    return lengths


def _summary(row: dict[str, dict[str, Any]]) -> Summary:
    values = {key: row[metric][field] for key, (metric, field) in FIELDS.items()}
    return {k: int(v) if k in COUNTS else float(np.mean(v)) for k, v in values.items()}
