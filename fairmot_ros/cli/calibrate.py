# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Calibrate the scores of a model: ``fairmot-calibrate CONFIG --data DIR --output OUT``."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import replace
from pathlib import Path

from tqdm import tqdm

from fairmot_ros.cli.command import ExitCode, run_command
from fairmot_ros.cli.detector_options import add_detector_options
from fairmot_ros.detector.detector import find_weights
from fairmot_ros.detector.engines.memory import keep_freed_memory
from fairmot_ros.network import load_checkpoint, save_checkpoint
from fairmot_ros.training.config import read_config
from fairmot_ros.training.data.dataset_mix import read_dataset_mix
from fairmot_ros.training.scoring.calibration import calibrate_scores, fit_line, reliability
from fairmot_ros.training.scoring.detection import detections_of, make_detector

#: Detections with lower scores are not used: trackers drop them, but they would dominate the fit.
MIN_SCORE = 0.2
#: Tracker settings for calibrated scores: a share of 0.4, 0.8 and 0.9 of the detections at these
#: scores is correct. The scale of calibrated scores is known and need not be estimated.
THRESHOLDS = {
    'low_score_threshold': 0.4,
    'score_threshold': 0.8,
    'new_track_threshold': 0.9,
    'min_score_scale': 1.0,
}


def make_parser() -> argparse.ArgumentParser:
    """Return the argument parser."""
    parser = argparse.ArgumentParser(
        prog='fairmot-calibrate',
        description='Rescale the scores of a model so that a share s of the detections with '
        'score s is correct, and store matching tracker thresholds in the checkpoint. The order '
        'of the detections does not change.',
    )
    parser.add_argument('config', type=Path, help='training file whose labelled images are used')
    parser.add_argument(
        '--data', type=Path, required=True, help='folder that contains the datasets'
    )
    add_detector_options(parser, 'weights', 'device')
    parser.add_argument('--output', type=Path, required=True, help='checkpoint to write')
    parser.add_argument(
        '--pictures',
        type=int,
        default=1000,
        metavar='N',
        help='number of images to use, spread evenly over the datasets (default: 1000)',
    )
    return parser


def main(arguments: list[str] | None = None) -> int:
    """Run the command; return the exit code."""
    options = make_parser().parse_args(arguments)
    return run_command('fairmot-calibrate', lambda: calibrate(options))


def calibrate(options: argparse.Namespace) -> int:
    """Fit the calibration, write the checkpoint and print the reliability before and after."""
    keep_freed_memory()
    config = read_config(options.config)
    datasets = tuple(dataset for dataset in config.sets if not dataset.cut_outs)
    images = read_dataset_mix(datasets, options.data).images
    step = max(1, len(images) // max(options.pictures, 1))
    detector = make_detector(options.weights, config.input_size, options.device)
    scores, hits = detections_of(
        detector, tqdm(images[::step], unit='image', desc='calibration'), MIN_SCORE
    )
    slope, shift = fit_line(scores, hits)
    network = load_checkpoint(find_weights(options.weights))
    network.move_scores(slope, shift)
    network.info = replace(network.info, thresholds=THRESHOLDS)
    options.output.parent.mkdir(parents=True, exist_ok=True)
    size = network.info.input_size or config.input_size
    save_checkpoint(network, options.output, half=config.half_weights, input_size=list(size))
    print(
        json.dumps(
            {
                'slope': slope,
                'shift': shift,
                'detections': len(scores),
                'before': reliability(scores, hits),
                'after': reliability(calibrate_scores(scores, slope, shift), hits),
            },
            indent=1,
        )
    )
    return ExitCode.SUCCESS


if __name__ == '__main__':
    sys.exit(main())
