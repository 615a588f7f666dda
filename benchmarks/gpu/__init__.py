# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Parity and speed of the detector on a GPU, by engine, execution and precision.

Nothing is built or downloaded. Networks other than the default one have random weights. With
``--device cpu`` the same code runs on the CPU; what needs a GPU is reported as not available.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.gpu.kernels import slowest_kernels
from benchmarks.gpu.networks import Workload
from benchmarks.gpu.node import node_stages
from benchmarks.gpu.page import write_page
from benchmarks.gpu.parity import parity, scaling_parity
from benchmarks.gpu.report import Report, bars
from benchmarks.gpu.speed import speed
from benchmarks.gpu.variants import COMPILED, TENSORRT, VARIANTS

PARTS = ('scaling', 'parity', 'speed', 'kernels', 'node', 'compiled', 'tensorrt')


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of this part."""
    parser.add_argument('--device', default='cuda', help='cuda, cuda:N or cpu (default: cuda)')
    parser.add_argument(
        '--output', type=Path, default=Path('out/gpu'), help='folder of gpu.json and gpu.md'
    )
    parser.add_argument(
        '--minutes', type=float, default=5.5, help='no part starts later (default: 5.5)'
    )
    parser.add_argument('--tiny', action='store_true', help='small inputs and few repetitions')
    parser.add_argument(
        '--parts', nargs='+', choices=PARTS, default=PARTS, help='what to measure (default: all)'
    )


def run(options: argparse.Namespace) -> None:
    """Measure, print and write; the exit code is 1 if a part failed or a limit was not kept."""
    report = Report(options.device, options.minutes)
    with TemporaryDirectory() as folder:
        load = Workload(options.device, Path(folder))
        measure(report, load.tiny() if options.tiny else load, options.parts)
    report.bars = bars(report.parts, on_gpu=options.device != 'cpu')
    options.output.mkdir(parents=True, exist_ok=True)
    report.write(options.output / 'gpu.json')
    write_page(report, options.output / 'gpu.md')
    print(f'gpu: {report.seconds():.0f} s; see {options.output}/gpu.json and gpu.md')
    if report.failures:
        sys.exit(1)


def measure(report: Report, load: Workload, parts: list[str]) -> None:
    """Run the requested parts, the most important ones first."""
    networks = load.speed_networks
    works = {
        'scaling': lambda: scaling_parity(load),
        'parity': lambda: parity(load),
        'speed': lambda: speed(load, VARIANTS, networks),
        'kernels': lambda: slowest_kernels(load),
        'node': lambda: node_stages(load),
        'compiled': lambda: speed(load, [COMPILED], networks[:1]),
        'tensorrt': lambda: speed(load, [TENSORRT], networks[:1]),
    }
    for name, work in works.items():
        if name in parts:
            report.add(name, work)
