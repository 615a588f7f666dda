"""Turn a video into a bag and evaluate the tracker on it, offline and at camera rates."""

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
    """Return the command line."""
    parser = argparse.ArgumentParser(prog='demo-eval', description=__doc__)
    parser.add_argument(
        '--video',
        type=Path,
        default=PEDESTRIANS,
        help='video file or folder of pictures (default: the outdoor clip that ships with the '
        'package)',
    )
    parser.add_argument(
        '--ground-truth',
        type=Path,
        default=None,
        metavar='FILE',
        help='MOTChallenge gt.txt of the video; without it there are no metrics',
    )
    parser.add_argument(
        '--output',
        type=Path,
        default=Path('out/evaluation'),
        help='folder to write; an earlier bag in it is replaced',
    )
    parser.add_argument('--rate', nargs='+', default=RATES, metavar='HZ', help='of the live runs')
    parser.add_argument(
        '--max-images', type=int, default=0, metavar='N', help='use no more than so many'
    )
    return parser


def name_of(video: Path) -> str:
    """Return the name of the sequence that a video is, or the video's own."""
    video = video.resolve()  # a dot has no name
    described = (video.parent / 'seqinfo.ini').is_file()
    return read_seqinfo(video.parent).name if described else video.stem


def main(arguments: list[str] | None = None) -> int:
    """Run the command; returns the exit code."""
    options = make_parser().parse_args(arguments)
    if options.ground_truth is None:
        print(
            'Without ground truth there will be no metrics: give a video and its gt.txt '
            '(make demo-eval VIDEO= GT=).'
        )
    bag = options.output / name_of(options.video)
    shutil.rmtree(bag, ignore_errors=True)
    limit = ['--max-images', str(options.max_images)]
    truth = ['--ground-truth', str(options.ground_truth)] if options.ground_truth else []
    # As JPEG, which is how cameras are mostly recorded: a tenth of the raw size.
    code = mot2bag.main([str(options.video), str(bag), '--image-format', 'jpeg', *limit, *truth])
    return code or evaluate.main(
        [str(bag), '--output', str(options.output), '--interpolate', '1', '--rate', *options.rate]
    )


if __name__ == '__main__':
    sys.exit(main())
