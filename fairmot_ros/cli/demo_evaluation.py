# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Convert a video to a bag and evaluate the tracker on it, offline and at camera rates."""

from __future__ import annotations

import argparse
import shutil
import sys
from pathlib import Path

from fairmot_ros.cli import evaluate, mot2bag
from fairmot_ros.cli.shipped_clips import PEDESTRIANS
from fairmot_ros.evaluation import read_seqinfo

RATES = ('7', '15', '30')  # images per second


def make_parser() -> argparse.ArgumentParser:
    """Return the argument parser."""
    parser = argparse.ArgumentParser(prog='demo-eval', description=__doc__)
    parser.add_argument(
        '--video',
        type=Path,
        default=PEDESTRIANS,
        help='video file or folder of images (default: the outdoor clip of the package)',
    )
    parser.add_argument(
        '--ground-truth',
        type=Path,
        default=None,
        metavar='FILE',
        help='MOTChallenge gt.txt of the video; required for metrics',
    )
    parser.add_argument(
        '--output',
        type=Path,
        default=Path('out/evaluation'),
        help='folder to write; an existing bag in it is replaced',
    )
    parser.add_argument(
        '--rate', nargs='+', default=RATES, metavar='HZ', help='frame rates of the live runs'
    )
    parser.add_argument(
        '--max-images',
        type=int,
        default=0,
        metavar='N',
        help='maximum number of images; 0 for all',
    )
    return parser


def name_of(video: Path) -> str:
    """Return the name in the seqinfo.ini beside a video, or the name of the video."""
    video = video.resolve()  # a relative path such as a dot has no name
    has_seqinfo = (video.parent / 'seqinfo.ini').is_file()
    return read_seqinfo(video.parent).name if has_seqinfo else video.stem


def main(arguments: list[str] | None = None) -> int:
    """Run the command; return the exit code."""
    options = make_parser().parse_args(arguments)
    if options.ground_truth is None:
        print(
            'no ground truth: the report will have no metrics; give a video and its gt.txt '
            '(make demo-eval VIDEO= GT=)'
        )
    bag = options.output / name_of(options.video)
    shutil.rmtree(bag, ignore_errors=True)
    limit = ['--max-images', str(options.max_images)]
    truth = ['--ground-truth', str(options.ground_truth)] if options.ground_truth else []
    # JPEG is the usual format of recordings, at a tenth of the raw size.
    code = mot2bag.main([str(options.video), str(bag), '--image-format', 'jpeg', *limit, *truth])
    return code or evaluate.main(
        [str(bag), '--output', str(options.output), '--interpolate', '1', '--rate', *options.rate]
    )


if __name__ == '__main__':
    sys.exit(main())
