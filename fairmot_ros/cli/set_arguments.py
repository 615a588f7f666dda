"""Arguments that name a labelled set, for the commands that read one."""

from __future__ import annotations

import argparse
from pathlib import Path

from fairmot_ros.training.config import HALVES, PERSON, SetConfig
from fairmot_ros.training.data.readers import READERS


def add_set_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the folder of a set and how it is labelled."""
    parser.add_argument('set', type=Path, help='folder of the labelled pictures')
    parser.add_argument(
        '--format',
        default='coco',
        choices=sorted(READERS),
        help="how it is labelled: COCO json, CrowdHuman odgt, the paper's layout (jde) or "
        'MOTChallenge sequences (default: coco)',
    )
    parser.add_argument(
        '--labels',
        default='',
        metavar='FILE',
        help='annotations or list of pictures in the folder (default: found by itself)',
    )
    parser.add_argument(
        '--include',
        nargs='+',
        default=['*'],
        metavar='PATTERN',
        help="file names to take, sequence names for mot, as in '*-SDP' (default: all)",
    )
    parser.add_argument(
        '--exclude',
        default='',
        metavar='LIST',
        help='text file with one file name per line: images to leave out (default: none)',
    )
    parser.add_argument(
        '--only',
        default='',
        metavar='LIST',
        help='the same, images to take, such as the held-out ones (default: all)',
    )
    parser.add_argument(
        '--half',
        default='',
        choices=HALVES,
        metavar='{first,second}',
        help='first or second half of each sequence (mot)',
    )
    parser.add_argument(
        '--classes',
        nargs='+',
        default=list(PERSON),
        metavar='NAME',
        help='names of the classes; with one that no category bears, all boxes belong to it '
        '(default: person)',
    )


def chosen_set(options: argparse.Namespace) -> tuple[Path, SetConfig]:
    """Return the folder that holds the set, and the set."""
    folder = options.set.resolve()
    return folder.parent, SetConfig(
        folder.name,
        options.format,
        options.labels,
        tuple(options.include),
        exclude=options.exclude,
        only=options.only,
        half=options.half,
        names=tuple(options.classes),
    )
