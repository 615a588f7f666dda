# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""The kernels in which a network spends most of its time, to show what to improve next."""

from __future__ import annotations

from typing import Any

import torch
from torch.profiler import ProfilerActivity, profile

from benchmarks.gpu.networks import Workload, clip_images
from benchmarks.gpu.variants import Variant, make_detector
from fairmot_ros.detector.engines.devices import free_device_memory

SHOWN = 12
CALLS = 3


def slowest_kernels(load: Workload) -> list[dict[str, Any]]:
    """Return the slowest kernels of the first network in the default variant of a GPU."""
    name = load.speed_networks[0]
    detector = make_detector(Variant('torch', 'graphs', 'fp16'), load, name, load.size_of(name))
    images = clip_images(load.batch, detector.input_size)
    detector.detect(images)
    activities = [ProfilerActivity.CPU]
    on_gpu = detector.device.type == 'cuda'
    if on_gpu:
        activities.append(ProfilerActivity.CUDA)
    with profile(activities=activities) as recorded:
        for _ in range(CALLS):
            detector.detect(images)
        if on_gpu:
            torch.cuda.synchronize()
    events = recorded.key_averages()
    times = {event.key: _microseconds(event, on_gpu) for event in events}
    counts = {event.key: event.count for event in events}
    slowest = sorted(times, key=lambda key: -times[key])[:SHOWN]
    del detector
    free_device_memory()
    return [
        {
            'kernel': key,
            'ms': 1e-3 * times[key] / CALLS,
            'share': times[key] / max(sum(times.values()), 1e-9),
            'launches': counts[key] // CALLS,
        }
        for key in slowest
    ]


def _microseconds(event: Any, on_gpu: bool) -> float:
    if not on_gpu:
        return float(event.self_cpu_time_total)
    # The name before and after torch 2.4.
    newer = getattr(event, 'self_device_time_total', None)
    return float(event.self_cuda_time_total if newer is None else newer)
