# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Latency of one image and throughput of batches, all variants in turns."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import count
from typing import Any

import numpy as np
import torch

from benchmarks.calibration import Work, in_turns
from benchmarks.gpu.networks import Workload, clip_images
from benchmarks.gpu.variants import EagerPipeline, Variant, make_detector
from fairmot_ros.detector import Detector
from fairmot_ros.detector.engines.devices import free_device_memory
from fairmot_ros.tracker import Tracker, TrackerConfig
from fairmot_ros.types import Detections

Row = dict[str, Any]
Detect = Callable[[list], list[Detections]]

YARDSTICK = 'eager fp32 pipeline'
PEOPLE = 30  # detections of an image
FRAME_SECONDS = 1 / 30


def speed(load: Workload, variants: Iterable[Variant], names: Iterable[str]) -> list[Row]:
    """Return a row for every network, variant, number of images and place of the images."""
    variants = tuple(variants)
    rows = []
    for name in names:
        detectors: dict[str, Detector] = {}
        for variant in variants:
            try:
                detector = make_detector(variant, load, name, load.size_of(name))
                # With `PEOPLE` detections, what follows the network takes a realistic time.
                set_threshold(detector, clip_images(1, detector.input_size)[0])
                detectors[str(variant)] = detector
            except ValueError as error:
                row = {'network': name, 'variant': str(variant)}
                rows.append({**row, 'not available here': str(error)})
        for images in (1, load.batch):
            rows += timed(load, name, detectors, images)
        detectors.clear()
        free_device_memory()
    return rows


def timed(load: Workload, name: str, detectors: dict[str, Detector], images: int) -> list[Row]:
    """Return the times of detectors for a number of images at once."""
    if not detectors:
        return []
    first = next(iter(detectors.values()))
    large = load.image_sizes[0]
    from_host = f'host, {large[0]} x {large[1]}'
    batches = {
        'host': clip_images(images, first.input_size),
        from_host: clip_images(images, large),
    }
    batches['device'] = [torch.from_numpy(image).to(load.device) for image in batches['host']]
    works: dict[tuple[str, str], Work] = {}
    yardstick = EagerPipeline(load, name, first)
    for place in ('host', from_host):
        works[YARDSTICK, place] = to_tracks(yardstick, batches[place])
    for title, detector in detectors.items():
        for place, batch in batches.items():
            works[title, place] = to_tracks(detector.detect, batch)
    medians = in_turns({'\t'.join(key): work for key, work in works.items()}, load.repeats)
    rows = []
    for title, place in works:
        ms = medians[f'{title}\t{place}']
        base = medians[f'{YARDSTICK}\t{from_host if place == from_host else "host"}']
        rows.append(
            {
                'network': name,
                'variant': title,
                'images': images,
                'images on': place,
                'ms': ms,
                'images per second': 1e3 * images / ms,
                'times the yardstick': base / ms,
            }
        )
    return rows


def to_tracks(detect: Detect, images: list) -> Work:
    """Return the work from images to tracks, with a tracker for every image of the batch."""
    trackers = [Tracker(TrackerConfig()) for _ in images]
    ticks = count()

    def work() -> None:
        stamp = next(ticks) * FRAME_SECONDS
        for tracker, detections in zip(trackers, detect(images), strict=True):
            tracker.update(detections, stamp=stamp)

    return work


def set_threshold(detector: Detector, image: np.ndarray) -> None:
    """Set the threshold so that an image has `PEOPLE` detections, if it has that many."""
    detector.score_threshold = 0.0
    scores = detector(image).scores
    detector.score_threshold = float(scores[PEOPLE]) if len(scores) > PEOPLE else 0.0
