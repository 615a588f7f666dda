# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Measure what reduced precisions change: ``fairmot-drift CONFIG --data DIR --weights FILE``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from tqdm import tqdm

from fairmot_ros.cli.command import ExitCode, run_command
from fairmot_ros.cli.detector_options import add_detector_options
from fairmot_ros.detector import Detector
from fairmot_ros.detector.detector import find_weights
from fairmot_ros.detector.engines.memory import keep_freed_memory
from fairmot_ros.detector.engines.precision_choice import LIMITS
from fairmot_ros.detector.engines.precision_statement import (
    Drift,
    PrecisionStatement,
    statement_path,
)
from fairmot_ros.network import load_checkpoint
from fairmot_ros.training.config import read_config
from fairmot_ros.training.data.dataset_mix import read_dataset_mix
from fairmot_ros.training.data.labelled_image import LabelledImage
from fairmot_ros.training.scoring.detection import MAX_DETECTIONS, score_detection

REFERENCE = ('openvino', 'fp32')  # which differs from torch in the seventh digit


def make_parser() -> argparse.ArgumentParser:
    """Return the argument parser."""
    parser = argparse.ArgumentParser(
        prog='fairmot-drift',
        description='Measure how much reduced precisions change the average precision and the '
        'embeddings of a model, on labelled images that it was not trained on, and write the '
        'statement FILE.precision.json beside the weights. With it, precision auto takes a '
        f'reduced precision where the CPU has it and the drift is within {LIMITS}.',
    )
    parser.add_argument('config', type=Path, help='training file whose labelled images are used')
    parser.add_argument(
        '--data', type=Path, required=True, help='folder that contains the datasets'
    )
    add_detector_options(parser, 'weights')
    parser.add_argument(
        '--exported',
        type=Path,
        nargs='*',
        default=[],
        metavar='FILE',
        help='files of fairmot-export to measure too, such as one in int8',
    )
    parser.add_argument(
        '--every', type=int, default=1, metavar='N', help='take every Nth image (default: 1)'
    )
    return parser


def main(arguments: list[str] | None = None) -> int:
    """Run the command; return the exit code."""
    options = make_parser().parse_args(arguments)
    return run_command('fairmot-drift', lambda: measure(options))


def measure(options: argparse.Namespace) -> int:
    """Measure and print the drift, and write the statement."""
    keep_freed_memory()
    weights = find_weights(options.weights)
    config = read_config(options.config)
    datasets = tuple(dataset for dataset in config.sets if not dataset.cut_outs)
    images = read_dataset_mix(datasets, options.data).images[:: options.every]
    if not images:
        raise ValueError(f'{options.config} names no labelled images below {options.data}')
    network = load_checkpoint(weights)
    detectors = [make_detector(weights, 'openvino', 'bf16')]
    detectors += [make_detector(path, 'auto', 'auto') for path in options.exported]
    for detector in detectors:
        if detector.info.sha256 != network.info.sha256:
            raise ValueError(f'{detector.model_name} was not exported from {weights}')
    reference = make_detector(weights, *REFERENCE, detectors[0].input_size)
    drifts = drifts_from(reference, detectors, images)
    statement = PrecisionStatement(network.info.sha256, network.float32_modules, tuple(drifts))
    for drift in drifts:
        judged = 'within' if drift.is_within_limits else 'beyond'
        print(f'{drift.engine} {drift.precision}: {drift}, {judged} {LIMITS}')
    statement.write(statement_path(weights))
    print(f'wrote {statement_path(weights)}')
    return ExitCode.SUCCESS


def make_detector(
    weights: Path, engine: str, precision: str, size: tuple[int, int] | None = None
) -> Detector:
    """Return a detector that returns every detection, however low its score."""
    return Detector(
        weights,
        size,
        'cpu',
        engine,
        precision,
        score_threshold=0.0,
        max_detections=MAX_DETECTIONS,
    )


def drifts_from(
    reference: Detector, detectors: Sequence[Detector], images: Sequence[LabelledImage]
) -> list[Drift]:
    """Return the drift of each detector from the reference, on labelled images.

    Embeddings are read in the labelled boxes.
    """
    precision = [float(score_detection(d, images)['ap50']) for d in (reference, *detectors)]
    distances: list[list[np.ndarray]] = [[np.zeros(0)] for _ in detectors]
    for labelled in tqdm(images, desc='embedding', unit='image', mininterval=2.0):
        boxes = labelled.boxes_xyxy
        if not len(boxes) or not reference.embedding_size:
            continue
        sample = labelled.load()
        wanted = reference.embed(sample.image, sample.boxes_xyxy)
        for detector, found in zip(detectors, distances):
            found.append(1 - (wanted * detector.embed(sample.image, sample.boxes_xyxy)).sum(1))
    drifts = []
    for detector, found, value in zip(detectors, distances, precision[1:]):
        joined = np.concatenate(found)
        mean, worst = (float(joined.mean()), float(joined.max())) if len(joined) else (0.0, 0.0)
        change = value - precision[0]
        drifts.append(Drift(detector.engine, detector.precision, change, mean, worst, len(images)))
    return drifts


if __name__ == '__main__':
    sys.exit(main())
