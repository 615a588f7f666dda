# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Convert the tracks in a bag to MOTChallenge text: ``fairmot-bag2mot walk results.txt``."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from tqdm import tqdm

from fairmot_ros.cli.command import ExitCode, run_command
from fairmot_ros.evaluation.mot.text_format import write_mot
from fairmot_ros.files.writing import WriteError, write_image, write_text

if TYPE_CHECKING:
    from fairmot_ros.evaluation.bags import BagError, FrameIndex, ImageStream


def make_parser() -> argparse.ArgumentParser:
    """Return the argument parser."""
    parser = argparse.ArgumentParser(
        prog='fairmot-bag2mot',
        description='Convert a topic of boxes in a bag (vision_msgs/Detection2DArray or '
        'fairmot_ros/TrackArray: tracks or ground truth) to MOTChallenge text, and optionally '
        'the images to numbered JPEG files. Frame n is the n-th image of the bag, matched by '
        'its stamp; in a bag without images, the n-th message.',
    )
    parser.add_argument('bag', type=Path, help='folder, or .mcap or .db3 file')
    parser.add_argument('output', type=Path, help='text file to write')
    parser.add_argument(
        '--topic', default=None, help='topic of the boxes (default: the only one with boxes)'
    )
    parser.add_argument(
        '--image-topic',
        default=None,
        metavar='TOPIC',
        help='topic of the images (default: the only one with images)',
    )
    parser.add_argument(
        '--images',
        type=Path,
        default=None,
        metavar='SEQUENCE',
        help='also write the images to SEQUENCE/img1/000001.jpg ... and a seqinfo.ini',
    )
    return parser


def convert(options: argparse.Namespace) -> int:
    """Write the text file and, with --images, the images."""
    from fairmot_ros.evaluation.bags import Bag, FrameIndex, ImageStream
    from fairmot_ros.evaluation.bags.boxes import read_boxes
    from fairmot_ros.evaluation.bags.message_types import BOX_TYPES, IMAGE_TYPES

    with Bag(options.bag) as bag:
        topic = (
            bag.choose(BOX_TYPES, 'boxes')
            if options.topic is None
            else bag.check(options.topic, BOX_TYPES)
        )
        images = None
        if options.image_topic or options.images or bag.topics_of(IMAGE_TYPES):
            images = ImageStream(bag, options.image_topic)
        table = read_boxes(bag, topic)
        if images is None:
            frames = FrameIndex(table.stamps)
        else:
            stamps = tqdm(images.messages(), 'reading stamps', len(images), leave=False)
            frames = FrameIndex([stamp for stamp, _ in stamps])
        rows, _ = table.rows(frames.numbers(table.stamps))
        rows[:, 2:6] = rows[:, 2:6].round(
            6
        )  # removes rounding errors of the conversion from centres
        write_mot(options.output, rows)
        print(f'wrote {options.output}: {len(rows)} boxes of {topic} in {len(frames)} frames')
        if len(rows) < len(table.ids):
            print(f'note: {len(table.ids) - len(rows)} boxes have the stamp of no image: skipped')
        if table.names:
            print(f'note: ids were numbered in order of appearance, {table.names[1]!r} is 1')
        if bag.damage:
            print(f'note: {bag.damage}')
        if images is not None and options.images:
            write_images(images, frames, options.images)
    return ExitCode.SUCCESS


def write_images(images: ImageStream, frames: FrameIndex, folder: Path) -> None:
    """Write the images of a bag as a MOTChallenge sequence; skip and count undecodable ones.

    Raises:
        WriteError: if an image cannot be written, after the others were.
    """
    (folder / 'img1').mkdir(parents=True, exist_ok=True)
    width = height = 0
    undecodable: list[BagError] = []
    unwritten: list[WriteError] = []
    written: set[int] = set()
    stream = images.images(failed=lambda stamp, error: undecodable.append(error))
    for stamp, image in tqdm(stream, 'writing images', len(images), unit='image'):
        number = int(frames.numbers([stamp])[0])
        height, width = image.shape[:2]
        try:
            write_image(folder / 'img1' / f'{number:06}.jpg', image)
            written.add(number)
        except WriteError as error:
            unwritten.append(error)
    write_text(
        folder / 'seqinfo.ini',
        f'[Sequence]\nname={folder.resolve().name}\nimDir=img1\nframeRate={frames.rate:.6g}\n'
        f'seqLength={len(frames)}\nimWidth={width}\nimHeight={height}\nimExt=.jpg\n',
    )
    print(f'wrote {folder}: {len(written)} images')
    if undecodable:
        print(
            f'note: {len(undecodable)} images cannot be decoded and were skipped, the first: '
            f'{undecodable[0]}'
        )
    if unwritten:
        raise WriteError(
            f'{len(unwritten)} of {len(frames)} images were not written, the first: {unwritten[0]}'
        )


def main(arguments: list[str] | None = None) -> int:
    """Run the command; return the exit code."""
    options = make_parser().parse_args(arguments)
    return run_command('fairmot-bag2mot', lambda: convert(options))


if __name__ == '__main__':
    sys.exit(main())
