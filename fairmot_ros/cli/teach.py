# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Write pseudo-labels of teachers: ``fairmot-teach --detector a.xml --reid b.xml DATA/set``."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from fairmot_ros.cli.command import ExitCode, run_command
from fairmot_ros.training.data.teacher_labels import DETECTIONS, EMBEDDINGS
from fairmot_ros.training.distillation.teachers.detectors import create_detector
from fairmot_ros.training.distillation.teachers.labelling import label_boxes, label_embeddings
from fairmot_ros.training.distillation.teachers.reidentification import ReidTeacher


def make_parser() -> argparse.ArgumentParser:
    """Return the argument parser."""
    parser = argparse.ArgumentParser(
        prog='fairmot-teach',
        description='Run pre-trained networks on datasets and write their detections and '
        'embeddings beside the images. A training file uses them for the datasets with `teacher` '
        'or `teacher_embeddings`.',
    )
    parser.add_argument('sets', type=Path, nargs='+', help='folders of the datasets')
    parser.add_argument(
        '--detector',
        action='append',
        default=[],
        metavar='FILE[@WIDTHxHEIGHT]',
        help='person detector: an SSD or FCOS of the Open Model Zoo (.xml), or YOLOX (.onnx), '
        'by default at its own input size. May be repeated: the detections are fused. Writes '
        f'{DETECTIONS}: training adds confident detections to the labels, and ignores regions '
        'where the detectors disagree',
    )
    parser.add_argument(
        '--reid',
        type=Path,
        metavar='FILE',
        help=f're-identification network (.xml or .onnx); writes {EMBEDDINGS}, the targets for '
        'distillation of the embedding',
    )
    return parser


def main(arguments: list[str] | None = None) -> int:
    """Run the command; return the exit code."""
    parser = make_parser()
    options = parser.parse_args(arguments)
    if not (options.detector or options.reid):
        parser.error('nothing to do: give --detector, --reid or both')
    return run_command('fairmot-teach', lambda: label(options))


def label(options: argparse.Namespace) -> int:
    """Run the teachers on all datasets."""
    detectors = [create_detector(name) for name in options.detector]
    reid = ReidTeacher(options.reid) if options.reid else None
    for folder in options.sets:
        if detectors:
            print(f'{folder}: {label_boxes(detectors, folder)} detections')
        if reid is not None:
            print(f'{folder}: {label_embeddings(reid, folder)} embeddings')
    return ExitCode.SUCCESS


if __name__ == '__main__':
    sys.exit(main())
