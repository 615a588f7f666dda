# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Convert a MOTChallenge sequence to a bag: ``fairmot-mot2bag MOT17-02-SDP walk``."""

from __future__ import annotations

import argparse
import sys
from itertools import islice
from pathlib import Path

import numpy as np

from fairmot_ros.cli.command import ExitCode, run_command
from fairmot_ros.evaluation import read_mot, read_seqinfo
from fairmot_ros.evaluation.metrics.label_notes import notes_on
from fairmot_ros.evaluation.mot.classes import WITH_CLASSES
from fairmot_ros.evaluation.mot.text_format import CLASS, FRAME
from fairmot_ros.media.video_source import VideoSource


def make_parser() -> argparse.ArgumentParser:
    """Return the argument parser."""
    parser = argparse.ArgumentParser(
        prog='fairmot-mot2bag',
        description='Convert a MOTChallenge sequence (images or a video, with or without ground '
        'truth) to a ROS 2 bag. Ground truth becomes vision_msgs/Detection2DArray with the '
        'stamps of the images: ids, boxes, marks as scores and the classes of MOT16 to MOT20 as '
        'labels; visibility and world coordinates are dropped.',
    )
    parser.add_argument(
        'sequence',
        type=Path,
        help='folder of the sequence (with img1, gt/gt.txt and seqinfo.ini), folder of images, '
        'or video file',
    )
    parser.add_argument('bag', type=Path, help='folder of the new bag')
    parser.add_argument(
        '--ground-truth',
        type=Path,
        default=None,
        metavar='FILE',
        help='MOTChallenge text (default: gt/gt.txt of the sequence, if it exists)',
    )
    parser.add_argument(
        '--frame-rate',
        type=float,
        default=0.0,
        metavar='HZ',
        help='images per second (default: that of seqinfo.ini or of the video, otherwise 25)',
    )
    parser.add_argument(
        '--image-topic',
        default='/image',
        metavar='TOPIC',
        help='topic of the images (default: /image); compressed images use TOPIC/compressed',
    )
    parser.add_argument(
        '--ground-truth-topic',
        default='/ground_truth',
        metavar='TOPIC',
        help='topic of the ground truth (default: /ground_truth)',
    )
    parser.add_argument(
        '--frame-id', default='camera', help='frame_id of the images (default: camera)'
    )
    parser.add_argument(
        '--image-format',
        default='raw',
        choices=('raw', 'jpeg', 'png'),
        help='raw for sensor_msgs/Image, jpeg or png for CompressedImage (default: raw)',
    )
    parser.add_argument('--jpeg-quality', type=int, default=95, metavar='1..100')
    parser.add_argument(
        '--storage', default='mcap', choices=('mcap', 'sqlite3'), help='bag format (default: mcap)'
    )
    parser.add_argument('--compress', action='store_true', help='compress each message with zstd')
    parser.add_argument(
        '--start',
        type=float,
        default=1.0,
        metavar='SECONDS',
        help='stamp of the first image (default: 1)',
    )
    parser.add_argument(
        '--max-images',
        type=int,
        default=0,
        metavar='N',
        help='maximum number of images; 0 for all',
    )
    return parser


def find_ground_truth(sequence: Path) -> Path | None:
    """Return the ground-truth file of a sequence, or None."""
    folder = sequence if sequence.is_dir() else sequence.parent
    for path in (folder / 'gt' / 'gt.txt', folder / 'gt.txt'):
        if path.is_file():
            return path
    return None


def convert(options: argparse.Namespace) -> int:
    """Write the bag."""
    from fairmot_ros.evaluation.bags.sequence import BagLayout, write_frames

    sequence: Path = options.sequence
    if sequence.name in ('', '..'):
        sequence = sequence.resolve()
    folder = sequence / 'img1' if (sequence / 'img1').is_dir() else sequence
    source = VideoSource(folder, options.frame_rate)
    path = options.ground_truth or find_ground_truth(sequence)
    rows = None if path is None else read_mot(path)
    layout = BagLayout(
        image_topic=options.image_topic,
        ground_truth_topic=options.ground_truth_topic,
        frame_id=options.frame_id,
        image_format=options.image_format,
        jpeg_quality=options.jpeg_quality,
        storage=options.storage,
        compress=options.compress,
        start=options.start,
    )
    for note in source.notes:
        print(f'note: {folder}: {note}')
    limit = options.max_images or None
    total = min(source.length, limit) if source.length and limit else source.length or limit
    numbers = write_frames(
        options.bag, islice(source.frames(), limit), source.frame_rate, rows, layout, total=total
    )
    for note in source.unreadable:
        print(f'note: {note}; skipped')
    count = len(numbers)
    written = 0 if rows is None else int(np.isin(rows[:, FRAME], numbers).sum())
    boxes = 'without ground truth' if rows is None else f'with {written} boxes of {path}'
    if rows is not None and path is not None:
        classes = rows.shape[1] in WITH_CLASSES and (rows[:, CLASS] > 0).all()
        for note in notes_on(rows, 'MOT17' if classes else 'MOT15', path):
            print(f'note: {note}')
    print(f'wrote {options.bag}: {count} images at {source.frame_rate:g} Hz, {boxes}')
    if rows is not None and not limit and written < len(rows):
        print(f'note: {len(rows) - written} boxes belong to frames without an image: skipped')
    info = folder.parent if folder.name == 'img1' else folder
    if not limit and (info / 'seqinfo.ini').is_file():
        expected = read_seqinfo(info).length
        if expected != count:
            print(f'note: seqinfo.ini says {expected} images')
    return ExitCode.SUCCESS


def main(arguments: list[str] | None = None) -> int:
    """Run the command; return the exit code."""
    options = make_parser().parse_args(arguments)
    return run_command('fairmot-mot2bag', lambda: convert(options))


if __name__ == '__main__':
    sys.exit(main())
