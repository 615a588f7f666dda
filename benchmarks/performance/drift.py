# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""What reduced precisions change: heads of seeded networks, tracking with the default model."""

from __future__ import annotations

import torch
from torch import Tensor

from benchmarks.default_model import track
from benchmarks.figures.markdown import percents, table
from benchmarks.performance.networks import SEEDED, make_engine, make_network, noise_image
from benchmarks.sequences import LabelledSequence
from fairmot_ros.detector.detector import DEFAULT_WEIGHTS
from fairmot_ros.detector.engines.precision_statement import PrecisionStatement, statement_path
from fairmot_ros.evaluation import evaluate_mot
from fairmot_ros.network.heads import HEADS_AT_PEAKS
from fairmot_ros.network.heat_map import HeatMapPredictions
from fairmot_ros.pipeline import FairMOT

SEQUENCE = 'PETS09-S2L1'
PRECISIONS = ('fp32', 'bf16')


def show_seeded() -> str:
    """Return the relative error of each head of the published networks on seeded weights."""
    rows = []
    for title in SEEDED:
        network, size = make_network(title)
        image = noise_image(size)
        expected = heads(make_engine(network, size, 'torch', 'fp32')([image]))
        for precision in PRECISIONS:
            try:
                got = heads(make_engine(network, size, 'openvino', precision)([image]))
            except ValueError:  # the CPU has no such instructions
                continue
            errors = (f'{relative_error(expected[name], got[name]):.1e}' for name in expected)
            rows.append((title, f'openvino, {precision}', *errors))
    return table(('network', 'engine', 'hm', *HEADS_AT_PEAKS), rows)


def heads(predictions: object) -> dict[str, Tensor]:
    """Return all heads in all cells, copied."""
    assert isinstance(predictions, HeatMapPredictions)
    cells = torch.arange(predictions.heat_maps[0, 0].numel())
    others = predictions._read(0, cells, HEADS_AT_PEAKS)
    return {'hm': predictions.heat_maps.clone(), **{k: v.clone() for k, v in others.items()}}


def relative_error(expected: Tensor, got: Tensor) -> float:
    """Return the root mean square of the difference over that of the expected values."""
    return float(((got - expected).square().mean() / expected.square().mean()).sqrt())


def show_default_model() -> str:
    """Return the stated drift of the default model beside its tracking at each precision."""
    statement = PrecisionStatement.read(statement_path(DEFAULT_WEIGHTS))
    sequence = LabelledSequence.read(SEQUENCE)
    rows = []
    for precision in PRECISIONS:
        result = track(FairMOT(device='cpu', engine='openvino', precision=precision), sequence)
        pair = (result.sequence.truth, result.tracks)
        metrics = percents(evaluate_mot({SEQUENCE: pair}, benchmark='MOT15')[SEQUENCE])
        found = statement.drift('openvino', precision)
        drift = ('0', '0', '0')
        if found is not None:
            drift = (
                f'{found.average_precision:+.4f}',
                f'{found.cosine:.1e}',
                f'{found.worst_cosine:.1e}',
            )
        rows.append((f'openvino, {precision}', *drift, metrics))
    head = (
        'default model',
        'AP',
        '1 - cosine, mean',
        'worst',
        f'{SEQUENCE}: MOTA / IDF1 / HOTA',
    )
    return table(head, rows)
