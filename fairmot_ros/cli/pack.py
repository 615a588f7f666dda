"""Pack training sets into one small file: ``fairmot-pack DATA/set@384 ... --output FILE``."""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path

from fairmot_ros.cli.command import ExitCode, run_command
from fairmot_ros.training.data.packing import PackedSet, pack


def make_parser() -> argparse.ArgumentParser:
    """Return the command line."""
    parser = argparse.ArgumentParser(
        prog='fairmot-pack',
        description='Reduce COCO sets, with masks and teacher labels, to one .tar.gz file of a '
        'given size, for training on another machine. Unpacked, the sets are read like the '
        'original ones. The best image quality that fits is chosen.',
    )
    parser.add_argument(
        'sets',
        nargs='+',
        metavar='SET[@SIDE]',
        help='folder of a set, and the longest side in pixels to which its images are reduced '
        '(default: not at all)',
    )
    parser.add_argument('--output', type=Path, required=True, help='.tar.gz file to write')
    parser.add_argument(
        '--max-megabytes', type=float, default=50, metavar='MB', help='its size (default: 50)'
    )
    parser.add_argument(
        '--leave-out',
        nargs='+',
        default=[],
        metavar='PATTERN',
        help="file names of images to leave out, as in '*_standing_*' (default: none)",
    )
    return parser


def main(arguments: list[str] | None = None) -> int:
    """Run the command; returns the exit code."""
    options = make_parser().parse_args(arguments)
    return run_command('fairmot-pack', lambda: write_packed(options))


def write_packed(options: argparse.Namespace) -> int:
    """Pack the sets and print how well they fit."""
    sets = [parse_set(text, tuple(options.leave_out)) for text in options.sets]
    quality = pack(sets, options.output, int(options.max_megabytes * 1e6))
    size = options.output.stat().st_size / 1e6
    print(f'{options.output}: {len(sets)} sets, {size:.1f} MB at image quality {quality}')
    return ExitCode.SUCCESS


def parse_set(text: str, leave_out: tuple[str, ...]) -> PackedSet:
    """Read ``FOLDER[@SIDE]``."""
    match = re.fullmatch(r'(.+)@(\d+)', text)
    folder, side = (match[1], int(match[2])) if match else (text, 0)
    return PackedSet(Path(folder), side, leave_out)


if __name__ == '__main__':
    sys.exit(main())
