# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""The default model in the README: its results, and milliseconds per image beside YOLOX-nano."""

from __future__ import annotations

import numpy as np
import torch

from benchmarks.calibration import in_turns
from benchmarks.figures.markdown import SUMMARY, percent, table
from benchmarks.figures.measured import ALL_INDOOR, Measured
from benchmarks.network_speed import SHAPE, stages, yardstick
from fairmot_ros.detector import Detector

REPEATS = 40
ENGINES = ('openvino', 'torch')
TITLES = {
    'PETS09-S2L1': 'PETS09-S2L1, a campus from above',
    'TUD-Campus': 'TUD-Campus, people near the camera',
    ALL_INDOOR: 'four indoor clips',
}


def parts(measured: Measured) -> dict[str, str]:
    """Return the parts `readme` and `time`."""
    results = [
        (title, ', '.join(f'{m} {percent(measured.metrics[name][m])}' for m in SUMMARY))
        for name, title in TITLES.items()
    ]
    time = milliseconds()
    width, height = measured.model.detector.input_size
    threads = torch.get_num_threads()
    image = f'an image of {SHAPE[1]} x {SHAPE[0]}'
    speed = [(f'{what}, {image}', f'{value} ms') for what, value in time.items()]
    columns = ('', f'{processor()}, threads: {threads}, input {width} x {height}')
    return {
        'readme': table(('default model', ''), [*results, *speed]),
        'time': f'{table(columns, speed)}\n\nAll tables above were measured with '
        f'{measured.model.detector.runtime}.',
    }


def milliseconds() -> dict[str, str]:
    """Return the median time per image of each engine and of bare YOLOX-nano, as text."""
    image = np.random.default_rng(0).integers(0, 256, SHAPE, dtype=np.uint8)
    works = {}
    for engine in ENGINES:
        for name, work in stages(Detector(engine=engine, precision='fp32'), image).items():
            works[f'{name.split(":")[0]}, {engine}'] = work
    works |= {f'{name.split(":")[0]}, bare': work for name, work in yardstick(image).items()}
    medians = in_turns(works, REPEATS)
    return {
        **{
            f'detector with {engine}': f'{medians[f"detector, {engine}"]:.0f}'
            for engine in ENGINES
        },
        'bare YOLOX-nano with openvino, no embeddings': f'{medians["detector, bare"]:.0f}',
    }


def processor() -> str:
    """Return the name of the processor."""
    with open('/proc/cpuinfo') as file:
        names = [line.split(':', 1)[1].strip() for line in file if line.startswith('model name')]
    return names[0] if names else 'an unknown processor'
