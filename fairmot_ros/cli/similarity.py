# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Measure what similarity means: ``fairmot-similarity CONFIG --data DIR --weights FILE``."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from fairmot_ros.cli.command import ExitCode, run_command
from fairmot_ros.cli.detector_options import add_detector_options
from fairmot_ros.detector import Detector
from fairmot_ros.detector.detector import find_weights
from fairmot_ros.identities.calibration import statement_path
from fairmot_ros.training.config import ConfigError, read_config
from fairmot_ros.training.data.dataset_mix import read_dataset_mix
from fairmot_ros.training.scoring.identification import make_statement
from fairmot_ros.training.synthesis.composer import SampleComposer

EXAMPLES = """examples:
  fairmot-similarity config/training/held_out_people.yaml --data DIR --weights model.pth
  fairmot-similarity config/training/held_out_people.yaml --data DIR --samples 200
"""
STEP = 0.05  # of the similarities in the table


def make_parser() -> argparse.ArgumentParser:
    """Return the argument parser."""
    parser = argparse.ArgumentParser(
        prog='fairmot-similarity',
        description='Measure the similarity at which two embeddings of a model show one person, '
        'on pasted people that it was not trained on, and write the statement '
        'FILE.identity.json beside the weights. With it, tracks of several cameras are matched '
        'by appearance.',
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument('config', type=Path, help='training file with cut-outs and a composer')
    parser.add_argument(
        '--data', type=Path, required=True, help='folder that contains the datasets'
    )
    add_detector_options(parser, 'weights')
    parser.add_argument(
        '--samples', type=int, default=1500, metavar='N', help='composed images (default: 1500)'
    )
    return parser


def main(arguments: list[str] | None = None) -> int:
    """Run the command; return the exit code."""
    options = make_parser().parse_args(arguments)
    return run_command('fairmot-similarity', lambda: measure(options))


def measure(options: argparse.Namespace) -> int:
    """Measure, print the rates over the threshold, and write the statement."""
    weights = find_weights(options.weights)
    config = read_config(options.config)
    if config.composer is None:
        raise ConfigError(f'{options.config} has no section composer; expected one')
    height = int(config.composer.person_height[1])
    mix = read_dataset_mix(config.sets, options.data, height)
    if not mix.cut_outs:
        raise ConfigError(f'{options.config} names no cut-outs below {options.data}')
    composer = SampleComposer(mix.images, mix.cut_outs, config.composer)
    detector = Detector(weights, device='cpu')
    views = embed_samples(detector, composer, config.seed, options.samples)
    statement, same, other = make_statement(detector.info.sha256, *views)
    print(f'{statement.views} views of {statement.identities} people; above a similarity of')
    print('            one person  two people')
    for value in np.arange(0.2, 1.0, STEP):
        print(f'      {value:.2f}  {(same > value).mean():10.3f}  {(other > value).mean():10.4f}')
    c = statement.calibration
    print(
        f'threshold {c.threshold:.3f}: {statement.identified:.3f} of the pairs of one person and '
        f'{statement.false_merges:.4f} of those of two are above it; evidence '
        f'{c.slope:.2f} * similarity {c.shift:+.2f}, at most {c.max_evidence:.2f}'
    )
    statement.write(statement_path(weights))
    print(f'wrote {statement_path(weights)}')
    return ExitCode.SUCCESS


def embed_samples(
    detector: Detector, composer: SampleComposer, seed: int, samples: int
) -> tuple[NDArray[np.float32], NDArray[np.int64], NDArray[np.int64]]:
    """Return the embeddings [N, D], identities [N] and image numbers [N] of pasted people."""
    embeddings = [np.zeros((0, detector.embedding_size), np.float32)]
    identities, images = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
    for number in tqdm(range(samples), desc='embedding', unit='image', mininterval=2.0):
        sample = composer(np.random.default_rng((seed, number)))
        if len(sample.boxes_xyxy):
            embeddings.append(detector.embed(sample.image, sample.boxes_xyxy))
            identities.append(sample.identities)
            images.append(np.full(len(sample.identities), number))
    return np.concatenate(embeddings), np.concatenate(identities), np.concatenate(images)


if __name__ == '__main__':
    sys.exit(main())
