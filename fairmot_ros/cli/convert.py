"""Write a set's labels in the paper's layout: ``fairmot-convert MOT17/train OUT --format mot``."""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from pathlib import Path

from fairmot_ros.cli.command import ExitCode, run_command
from fairmot_ros.cli.set_arguments import add_set_arguments, chosen_set
from fairmot_ros.training.config import IDENTITIES
from fairmot_ros.training.data.convert import write_jde
from fairmot_ros.training.data.data_problems import Problems
from fairmot_ros.training.data.readers import read_set


def make_parser() -> argparse.ArgumentParser:
    """Return the command line."""
    parser = argparse.ArgumentParser(
        prog='fairmot-convert',
        description="Write a set's labels in the paper's layout: images/ (links to the "
        'pictures) beside labels_with_ids/, and a list of the pictures. fairmot-train reads all '
        'formats directly; the layout is for other code and for looking at. Doing it again '
        'changes nothing.',
    )
    add_set_arguments(parser)
    parser.add_argument('output', type=Path, help='folder to write')
    parser.add_argument(
        '--name', default=None, help="of the list of pictures (default: the set's folder)"
    )
    parser.add_argument(
        '--identities',
        default='labelled',
        choices=IDENTITIES,
        help='those of the labels, a new one for each box, or none (default: labelled)',
    )
    return parser


def main(arguments: list[str] | None = None) -> int:
    """Run the command; returns the exit code."""
    options = make_parser().parse_args(arguments)
    return run_command('fairmot-convert', lambda: convert(options))


def convert(options: argparse.Namespace) -> int:
    """Read the set and write the layout."""
    problems = Problems()
    data, part = chosen_set(options)
    part = replace(part, identities=options.identities)
    photographs = read_set(data, part, problems)
    listing = write_jde(
        photographs, data / part.folder, options.output, options.name or part.folder, problems
    )
    if len(problems):
        print(problems.report(shown=None), file=sys.stderr)
    print(f'{listing}: {len(listing.read_text().splitlines())} pictures')
    return ExitCode.SUCCESS


if __name__ == '__main__':
    sys.exit(main())
