# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Pack training datasets into one small file: ``fairmot-pack DATA/set@384 --output FILE``."""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path

from fairmot_ros.cli.command import ExitCode, run_command
from fairmot_ros.training.data.packed_dataset import PackedDataset
from fairmot_ros.training.data.packing import pack


def make_parser() -> argparse.ArgumentParser:
    """Return the argument parser."""
    parser = argparse.ArgumentParser(
        prog='fairmot-pack',
        description='Pack COCO datasets, with masks and teacher labels, into a .tar.gz file of '
        'limited size, for training on another machine. The unpacked datasets are read like the '
        'original ones. The image quality is the best that fits.',
    )
    parser.add_argument(
        'sets',
        nargs='+',
        metavar='SET[@SIDE]',
        help='folder of a dataset, and the longest side in pixels to which its images are reduced '
        '(default: original size)',
    )
    parser.add_argument('--output', type=Path, required=True, help='.tar.gz file to write')
    parser.add_argument(
        '--max-megabytes', type=float, default=50, metavar='MB', help='maximum size (default: 50)'
    )
    parser.add_argument(
        '--leave-out',
        nargs='+',
        default=[],
        metavar='PATTERN',
        help="patterns of file names to exclude, such as '*_standing_*' (default: none)",
    )
    return parser


def main(arguments: list[str] | None = None) -> int:
    """Run the command; return the exit code."""
    options = make_parser().parse_args(arguments)
    return run_command('fairmot-pack', lambda: write_packed(options))


def write_packed(options: argparse.Namespace) -> int:
    """Pack the datasets; print size and image quality."""
    datasets = [parse_dataset(text, tuple(options.leave_out)) for text in options.sets]
    quality = pack(datasets, options.output, int(options.max_megabytes * 1e6))
    size = options.output.stat().st_size / 1e6
    print(f'{options.output}: {len(datasets)} sets, {size:.1f} MB at image quality {quality}')
    return ExitCode.SUCCESS


def parse_dataset(text: str, leave_out: tuple[str, ...]) -> PackedDataset:
    """Parse ``FOLDER[@SIDE]``."""
    match = re.fullmatch(r'(.+)@(\d+)', text)
    folder, side = (match[1], int(match[2])) if match else (text, 0)
    return PackedDataset(Path(folder), side, leave_out)


if __name__ == '__main__':
    sys.exit(main())
