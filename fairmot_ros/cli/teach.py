"""Complete training labels: ``fairmot-teach --detector a.xml --looks b.xml DATA/set ...``."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from fairmot_ros.training.looks import LOOKS, SEEN
from fairmot_ros.training.sources import DataError
from fairmot_ros.training.teacher import Teacher, teach_boxes, teach_looks


def make_parser() -> argparse.ArgumentParser:
    """Return the command line."""
    parser = argparse.ArgumentParser(
        prog='fairmot-teach',
        description='Let networks of others look at training sets, and write beside each what '
        'they see. A training file says which sets use it.',
    )
    parser.add_argument('sets', type=Path, nargs='+', help='folders of the sets')
    parser.add_argument(
        '--detector',
        type=Path,
        metavar='XML',
        help=f'person detector in OpenVINO format, with the outputs of an SSD; writes {SEEN}: '
        'people whom the labels leave out are added, doubtful ones are not judged',
    )
    parser.add_argument(
        '--looks',
        type=Path,
        metavar='XML',
        help=f're-identification network in OpenVINO format; writes {LOOKS}: the embedding '
        'learns to lie where this one does',
    )
    return parser


def main(arguments: list[str] | None = None) -> int:
    """Run the command; returns the exit code."""
    parser = make_parser()
    options = parser.parse_args(arguments)
    if not (options.detector or options.looks):
        parser.error('nothing to do: give --detector, --looks or both')
    try:
        for path, teach, unit in (
            (options.detector, teach_boxes, 'boxes'),
            (options.looks, teach_looks, 'people'),
        ):
            if path:
                teacher = Teacher(path)
                for folder in options.sets:
                    print(f'{folder}: {teach(teacher, folder)} {unit}')
    except DataError as error:
        print(f'fairmot-teach: {error}', file=sys.stderr)
        return 2
    return 0


if __name__ == '__main__':
    sys.exit(main())
