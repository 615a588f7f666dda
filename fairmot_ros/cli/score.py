# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Score a network or teacher labels: ``fairmot-score {detection,embedding,teacher} SET``."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from fairmot_ros.cli.command import ExitCode, run_command
from fairmot_ros.cli.dataset_arguments import add_dataset_arguments, chosen_dataset
from fairmot_ros.cli.detector_options import add_detector_options
from fairmot_ros.detector.detector import find_weights
from fairmot_ros.detector.engines.memory import keep_freed_memory
from fairmot_ros.detector.input_size import check_input_size, choose_input_size
from fairmot_ros.files.writing import write_text
from fairmot_ros.network import load_checkpoint
from fairmot_ros.training.data.problems import Problems
from fairmot_ros.training.data.readers import read_dataset
from fairmot_ros.training.data.teacher_labels import read_detections
from fairmot_ros.training.scoring import score_detection, score_embedding, score_teacher
from fairmot_ros.training.scoring.detection import make_detector


def make_parser() -> argparse.ArgumentParser:
    """Return the argument parser."""
    parser = argparse.ArgumentParser(prog='fairmot-score', description=__doc__)
    subjects = parser.add_subparsers(dest='subject', required=True, metavar='SUBJECT')
    detection = subjects.add_parser(
        'detection', help='average precision at IoU 0.5, and the best threshold'
    )
    embedding = subjects.add_parser(
        'embedding', help='rank-1, mAP and TPR at fixed FAR on people with identities'
    )
    embedding.add_argument(
        '--margin',
        type=float,
        default=0.0,
        metavar='SHARE',
        help='grey margin around each image as a share of its size, for crops of one person '
        '(default: 0)',
    )
    embedding.add_argument(
        '--max-people',
        type=int,
        default=10_000,
        metavar='N',
        help='maximum number of boxes; if there are more, whole identities are drawn at random '
        '(default: 10000)',
    )
    teacher = subjects.add_parser(
        'teacher', help='average precision at IoU 0.5 of the detections of fairmot-teach'
    )
    for subject in (detection, embedding, teacher):
        add_dataset_arguments(subject)
        subject.add_argument('--output', type=Path, default=None, help='JSON file to write')
    for subject in (detection, embedding):
        add_detector_options(subject, 'weights', 'input_size', 'device')
    return parser


def main(arguments: list[str] | None = None) -> int:
    """Run the command; return the exit code."""
    options = make_parser().parse_args(arguments)
    return run_command('fairmot-score', lambda: write_scores(options))


def write_scores(options: argparse.Namespace) -> int:
    """Print the scores, and write them to the output file if given."""
    keep_freed_memory()
    text = json.dumps(score(options), indent=1)
    if options.output:
        options.output.parent.mkdir(parents=True, exist_ok=True)
        write_text(options.output, text + '\n')
    print(text)
    return ExitCode.SUCCESS


def score(options: argparse.Namespace) -> dict[str, Any]:
    """Return the scores, with the dataset, the weights and the input size."""
    problems = Problems()
    images = read_dataset(*chosen_dataset(options), problems)
    if len(problems):
        print(problems.report(), file=sys.stderr)
    if options.subject == 'teacher':
        return {
            'set': str(options.set),
            **score_teacher(read_detections(options.set), images),
        }
    size = check_input_size(options.input_size) if options.input_size else None
    about: dict[str, Any] = {'set': str(options.set), 'weights': options.weights}
    if options.subject == 'detection':
        detector = make_detector(options.weights, size, options.device)
        about['input_size'] = detector.input_size
        return {**about, **score_detection(detector, images)}
    network = load_checkpoint(find_weights(options.weights))
    about['input_size'] = choose_input_size(size, network.info)
    return {
        **about,
        **score_embedding(
            network,
            images,
            about['input_size'],
            device=options.device,
            margin=options.margin,
            max_people=options.max_people,
        ),
    }


if __name__ == '__main__':
    sys.exit(main())
