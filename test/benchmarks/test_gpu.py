# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""The benchmark of a GPU runs on a CPU as far as a CPU goes, and says what it lacks."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.gpu.report import Report, bars

REPOSITORY = Path(__file__).resolve().parents[2]


def test_a_tiny_run_on_the_cpu(tmp_path: Path) -> None:
    pytest.importorskip('onnxscript')
    # Compiling by torch takes minutes, a node is started by other tests.
    parts = ('scaling', 'parity', 'speed', 'kernels', 'tensorrt')
    done = subprocess.run(
        [
            *(sys.executable, '-m', 'benchmarks', 'gpu', '--device', 'cpu', '--tiny'),
            *('--output', str(tmp_path), '--parts', *parts),
        ],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    content = json.loads((tmp_path / 'gpu.json').read_text())
    assert list(content['parts']) == list(parts)
    assert content['failures'] == []
    assert [bar['reached'] for bar in content['bars']] == [None] * 3
    measured = {row['variant'] for row in content['parts']['speed'] if 'ms' in row}
    assert {'eager fp32 pipeline', 'torch graphs fp16', 'onnxruntime CPU fp32'} <= measured
    lacking = {
        row['variant']: row['not available here']
        for name in ('speed', 'tensorrt')
        for row in content['parts'][name]
        if 'not available here' in row
    }
    assert lacking == {
        'torch graphs tf32': "precision 'tf32' needs a GPU: use 'fp32'",
        'onnxruntime CUDA fp32': 'this run measures cpu',
        'onnxruntime TensorRT fp32': 'this run measures cpu',
    }
    page = (tmp_path / 'gpu.md').read_text()
    assert '## Parity' in page
    assert '| dla_34 | torch graphs fp32 |' in page


def test_a_gpu_that_is_not_there_is_named() -> None:
    with pytest.raises(ValueError, match="'cuda:99' is not available"):
        Report('cuda:99', 1.0)


def test_a_part_that_fails_does_not_end_the_run() -> None:
    report = Report('cpu', 1.0)

    def fail() -> list:
        raise RuntimeError('no memory')

    report.add('speed', fail)
    report.add('parity', lambda: [{'network': 'dla_34', 'kept': False}])
    report.minutes = 0.0
    report.add('node', fail)
    assert report.failures == [
        'speed: RuntimeError: no memory',
        "parity: {'network': 'dla_34', 'kept': False} differs too much",
        'node: left out after 0 minutes',
    ]


def test_expected_figures_are_judged_by_the_best_variant() -> None:
    def row(images: int, ms: float, ratio: float, place: str = 'host') -> dict:
        rates = {'images per second': 1e3 * images / ms, 'times the yardstick': ratio}
        where = {'network': 'dla_34', 'variant': 'torch graphs fp16', 'images on': place}
        return {**where, 'images': images, 'ms': ms, **rates}

    rows = [row(1, 3.0, 5.0), row(1, 1.0, 9.0, 'device'), row(8, 9.0, 5.0), row(8, 12.0, 4.0)]
    found = bars({'speed': rows}, on_gpu=True)
    assert [(bar['measured'], bar['reached']) for bar in found] == [
        (3.0, True),
        (pytest.approx(888.9, abs=0.1), True),
        (5.0, False),
    ]
    assert {bar['reached'] for bar in bars({'speed': rows}, on_gpu=False)} == {None}
