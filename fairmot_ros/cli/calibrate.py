"""Make scores mean what they say: ``fairmot-calibrate CONFIG --data DIR --output OUT``."""

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
from fairmot_ros.training.data.dataset_mix import read_mix
from fairmot_ros.training.scoring.calibration import fit_line, move, reliability
from fairmot_ros.training.scoring.detection import detections_of, make_detector

LOWEST = 0.2  # the many detections below it would decide, but no tracker uses them
#: Of calibrated scores: what two of five, four of five and nine of ten detections are right at.
#: The scale of calibrated scores is known, so the tracker need not follow it.
THRESHOLDS = {
    'low_score_threshold': 0.4,
    'score_threshold': 0.8,
    'new_track_threshold': 0.9,
    'min_score_scale': 1.0,
}


def make_parser() -> argparse.ArgumentParser:
    """Return the command line."""
    parser = argparse.ArgumentParser(
        prog='fairmot-calibrate',
        description='Change the scores of a model so that of the detections scored s, a share s '
        'is right, and store the thresholds of the tracker that suit such scores. The order of '
        'the detections stays.',
    )
    parser.add_argument('config', type=Path, help='training file: its labelled pictures are used')
    parser.add_argument(
        '--data', type=Path, required=True, help='folder that holds the training sets'
    )
    add_detector_options(parser, 'weights', 'device')
    parser.add_argument('--output', type=Path, required=True, help='checkpoint to write')
    parser.add_argument(
        '--pictures',
        type=int,
        default=1000,
        metavar='N',
        help='how many to look at, spread evenly over the sets (default: 1000)',
    )
    return parser


def main(arguments: list[str] | None = None) -> int:
    """Run the command; returns the exit code."""
    options = make_parser().parse_args(arguments)
    return run_command('fairmot-calibrate', lambda: calibrate(options))


def calibrate(options: argparse.Namespace) -> int:
    """Fit, tell before and after, and write."""
    keep_freed_memory()
    config = read_config(options.config)
    sets = tuple(part for part in config.sets if not part.cut_outs)
    photographs = read_mix(sets, options.data).photographs
    step = max(1, len(photographs) // max(options.pictures, 1))
    detector = make_detector(options.weights, config.input_size, options.device)
    scores, hits = detections_of(
        detector, tqdm(photographs[::step], unit='picture', desc='calibration'), LOWEST
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
                'after': reliability(move(scores, slope, shift), hits),
            },
            indent=1,
        )
    )
    return ExitCode.SUCCESS


if __name__ == '__main__':
    sys.exit(main())
