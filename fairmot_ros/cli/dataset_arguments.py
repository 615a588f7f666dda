# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Command-line arguments that describe a labelled dataset."""

from __future__ import annotations

import argparse
from pathlib import Path

from fairmot_ros.training.config import HALVES, PERSON, DatasetConfig
from fairmot_ros.training.data.readers import READERS


def add_dataset_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the folder of a dataset and its reading options."""
    parser.add_argument('set', type=Path, help='folder of the dataset')
    parser.add_argument(
        '--format',
        default='coco',
        choices=sorted(READERS),
        help='label format: COCO json, CrowdHuman odgt, JDE layout or MOTChallenge sequences '
        '(default: coco)',
    )
    parser.add_argument(
        '--labels',
        default='',
        metavar='FILE',
        help='annotation file or list of images in the folder (default: depends on the format)',
    )
    parser.add_argument(
        '--include',
        nargs='+',
        default=['*'],
        metavar='PATTERN',
        help="patterns of file names to read, of sequence names for mot, such as '*-SDP' "
        '(default: all)',
    )
    parser.add_argument(
        '--exclude',
        default='',
        metavar='LIST',
        help='text file with one file name per line: images to skip (default: none)',
    )
    parser.add_argument(
        '--only',
        default='',
        metavar='LIST',
        help='text file with one file name per line: the only images to read, such as held-out '
        'ones (default: all)',
    )
    parser.add_argument(
        '--half',
        default='',
        choices=HALVES,
        metavar='{first,second}',
        help='read only the first or second half of each sequence (mot)',
    )
    parser.add_argument(
        '--classes',
        nargs='+',
        default=list(PERSON),
        metavar='NAME',
        help='names of the classes; with one class and no category of its name, all boxes have '
        'that class (default: person)',
    )


def chosen_dataset(options: argparse.Namespace) -> tuple[Path, DatasetConfig]:
    """Return the folder that contains the dataset, and the dataset."""
    folder = options.set.resolve()
    return folder.parent, DatasetConfig(
        folder.name,
        options.format,
        options.labels,
        tuple(options.include),
        exclude=options.exclude,
        only=options.only,
        half=options.half,
        names=tuple(options.classes),
    )
