# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Write docs/performance.md: floors, times and ratios on the machine at hand.

All works take turns in one run, and the best of several calls counts: what else the machine does
slows it least.
"""

from __future__ import annotations

import argparse
import hashlib

import torch

from benchmarks.bare_yolox import FILE, BareYolox
from benchmarks.calibration import Work, in_turns
from benchmarks.figures.markdown import table
from benchmarks.figures.markers import PERFORMANCE, replace_parts
from benchmarks.figures.readme import processor
from benchmarks.performance import drift, peaks
from benchmarks.performance.counting import Cost
from benchmarks.performance.networks import DEFAULT, DEFAULT_SIZE, Measured, costs, networks
from benchmarks.performance.peaks import Peaks
from benchmarks.performance.stages import Stage, scene, stages
from fairmot_ros.detector import Detector
from fairmot_ros.detector.detector import DEFAULT_WEIGHTS
from fairmot_ros.detector.engines.memory import keep_freed_memory

BARE = 'bare YOLOX-nano'
REDUCED = 'auto'


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of this part."""
    parser.add_argument('--repeats', type=int, default=12, help='calls of each work')
    parser.add_argument('--dry', action='store_true', help='print the tables, write nothing')
    parser.add_argument(
        '--tracking', action='store_true', help='track PETS09-S2L1 at each precision: minutes'
    )


def run(options: argparse.Namespace) -> None:
    """Measure everything, then write or print the tables."""
    keep_freed_memory()  # as the node does
    counted, measured, around = costs(), list(networks()), stages()
    works: dict[str, Work] = peaks.works()
    works |= {stage.title: stage.work for stage in around}
    works |= {entry.name: entry.work for entry in measured}
    works |= detectors()
    times = in_turns(works, options.repeats, min)
    found = peaks.read(times)
    parts = {
        'peaks': show_peaks(found),
        'stages': show_stages(counted[DEFAULT], around, times, found),
        'networks': show_networks(counted, measured, times, found),
        'detectors': show_detectors(times),
        'seeded': drift.show_seeded(),
    }
    if options.tracking:
        parts['precision'] = drift.show_default_model()
    if options.dry:
        print('\n\n'.join(parts.values()))
        return
    sha256 = hashlib.sha256(DEFAULT_WEIGHTS.read_bytes()).hexdigest()
    text = replace_parts(PERFORMANCE.read_text(), parts, sha256, partly=True)
    PERFORMANCE.write_text(text)
    print(f'wrote {PERFORMANCE}')


def detectors() -> dict[str, Work]:
    """Return the whole detector in fp32 and as `auto` has it, and the yardstick."""
    image = scene()
    works: dict[str, Work] = {}
    for precision in ('fp32', REDUCED):
        detector = Detector(device='cpu', precision=precision)

        def work(detector: Detector = detector) -> None:
            detector(image)

        works[f'detector, {detector.runtime}'] = work
    if FILE.is_file():
        bare = BareYolox(DEFAULT_SIZE, torch.get_num_threads())
        works[BARE] = lambda: bare(image)
    return works


def show_peaks(found: Peaks) -> str:
    """Return the peaks as a table."""
    rows = [
        (f'product of matrices, {name}', f'{rate / 1e9:.0f} GFLOP/s')
        for name, rate in found.products.items()
    ]
    head = (f'{processor()}, threads: {torch.get_num_threads()}', 'peak')
    return table(head, [*rows, ('copy, read and written', f'{found.copy / 1e9:.1f} GB/s')])


def show_stages(
    network: dict[str, Cost], around: list[Stage], times: dict[str, float], found: Peaks
) -> str:
    """Return operations, bytes, floor and time of each stage of a frame."""
    total = sum(network.values(), Cost())
    whole = times[f'{DEFAULT}, openvino, fp32']
    rows = [_row(f'network, {part}', cost, found) for part, cost in network.items()]
    rows.append(_row('network, whole (openvino, fp32)', total, found, whole))
    rows += [_row(s.title, s.cost, found, times[s.title]) for s in around]
    head = ('stage', 'operations, M', 'bytes, MB', 'floor, ms', 'time, ms', 'time / floor')
    return table(head, rows)


def _row(title: str, cost: Cost, found: Peaks, time: float | None = None) -> tuple[str, ...]:
    floor = found.floor(cost.operations, cost.size)
    measured = ('', '') if time is None else (f'{time:.2f}', f'{time / floor:.1f}')
    numbers = f'{cost.operations / 1e6:.1f}', f'{cost.size / 1e6:.2f}', f'{floor:.3f}'
    return (title, *numbers, *measured)


def show_networks(
    counted: dict[str, dict[str, Cost]],
    measured: list[Measured],
    times: dict[str, float],
    found: Peaks,
) -> str:
    """Return time over floor of each network, engine and precision."""
    rows = []
    for entry in measured:
        total = sum(counted[entry.title].values(), Cost())
        floor = found.floor(total.operations, 0)
        time = times[entry.name]
        rows.append(
            (
                entry.title,
                f'{entry.engine}, {entry.precision}',
                f'{total.operations / 2e9:.1f}',
                f'{floor:.1f}',
                f'{time:.1f}',
                f'{time / floor:.2f}',
            )
        )
    head = ('network', 'engine', 'GMAC', 'floor in fp32, ms', 'time, ms', 'time / floor')
    return table(head, rows)


def show_detectors(times: dict[str, float]) -> str:
    """Return the whole detector beside bare YOLOX-nano."""
    rows = []
    for name, time in times.items():
        if name.startswith('detector') or name == BARE:
            ratio = f'{time / times[BARE]:.2f}' if BARE in times else ''
            rows.append((name, f'{time:.1f}', ratio))
    return table(('whole detector, 640 x 480', 'time, ms', f'over {BARE} in fp32'), rows)
