# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Convert a dataset to the JDE layout: ``fairmot-convert MOT17/train OUT --format mot``."""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from pathlib import Path

from fairmot_ros.cli.command import ExitCode, run_command
from fairmot_ros.cli.dataset_arguments import add_dataset_arguments, chosen_dataset
from fairmot_ros.training.config import IDENTITIES
from fairmot_ros.training.data.convert import write_jde
from fairmot_ros.training.data.problems import Problems
from fairmot_ros.training.data.readers import read_dataset


def make_parser() -> argparse.ArgumentParser:
    """Return the argument parser."""
    parser = argparse.ArgumentParser(
        prog='fairmot-convert',
        description='Convert a dataset to the JDE layout of the FairMOT paper: images/ (links '
        'to the images) beside labels_with_ids/, and a list of the images. fairmot-train reads '
        'all formats directly; the layout is for other programs and for inspection. Repeating '
        'the conversion gives the same files.',
    )
    add_dataset_arguments(parser)
    parser.add_argument('output', type=Path, help='folder to write')
    parser.add_argument(
        '--name', default=None, help='name of the list of images (default: folder of the dataset)'
    )
    parser.add_argument(
        '--identities',
        default='labelled',
        choices=IDENTITIES,
        help='identities of the labels, one per box, or none (default: labelled)',
    )
    return parser


def main(arguments: list[str] | None = None) -> int:
    """Run the command; return the exit code."""
    options = make_parser().parse_args(arguments)
    return run_command('fairmot-convert', lambda: convert(options))


def convert(options: argparse.Namespace) -> int:
    """Read the dataset and write the layout."""
    problems = Problems()
    data, dataset = chosen_dataset(options)
    dataset = replace(dataset, identities=options.identities)
    images = read_dataset(data, dataset, problems)
    name = options.name or dataset.folder
    listing = write_jde(images, data / dataset.folder, options.output, name, problems)
    if len(problems):
        print(problems.report(shown=None), file=sys.stderr)
    print(f'{listing}: {len(listing.read_text().splitlines())} images')
    return ExitCode.SUCCESS


if __name__ == '__main__':
    sys.exit(main())
