# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Command line of ``fairmot-track``, and the jobs built from it."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import yaml

from fairmot_ros.cli.detector_options import NAMES, add_detector_options
from fairmot_ros.cli.evaluation_arguments import node_parameters
from fairmot_ros.cli.job_options import add_job_options
from fairmot_ros.cli.refinement_options import add_refinement_options, read_refinement
from fairmot_ros.evaluation.runs.configuration import Configuration, read_configuration
from fairmot_ros.media.selection import Selection
from fairmot_ros.pixels import MAX_IMAGE_PIXELS
from fairmot_ros.settings.former import current_settings
from fairmot_ros.standalone.outputs.choice import OutputChoice
from fairmot_ros.standalone.streams import ReadOptions

MAX_FRAME_RATE = 10_000.0  # Hz; higher ones are typing errors and make velocities overflow
EXAMPLES = """examples:
  fairmot-track people.mp4                        annotated video and results in out/track/people
  fairmot-track *.mp4 --mot --json                text files only
  fairmot-track walk --image-topic /camera/image  a bag
  fairmot-track MOT17-02-SDP/img1 --sheet         contact sheet of a folder of images
  fairmot-track people.mp4 --refine               also tracks that use later frames
  fairmot-track 0 --show --no-files               webcam 0, in the browser
  fairmot-track rtsp://camera/stream --seconds 60
  fairmot-track videos/*.mp4 --jobs 2             two at a time; resumes if repeated
  fairmot-track long.mp4 --start 60 --seconds 30 --every 2 --set lost_timeout=5.0

exit codes: 0 on success, 1 if a source failed and others were tracked or part of it was, 2 for a
mistake of the user or if nothing was tracked, 3 for a fault of the program, 130 if it was
interrupted; files are then complete up to there.
"""


def make_parser() -> argparse.ArgumentParser:
    """Return the argument parser."""
    parser = argparse.ArgumentParser(
        prog='fairmot-track',
        description='Track people in videos, folders of images, bags, cameras and streams.\n'
        'Needs no ROS. Every source gets a folder for its files and a summary.json.',
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        'sources',
        nargs='*',
        metavar='SOURCE',
        help='video, folder of images, image files, bag (folder, .mcap or .db3 file), pattern '
        "such as 'videos/*.mp4', number of a camera, or address (rtsp://, http://)",
    )
    parser.add_argument(
        '--output',
        type=Path,
        default=Path('out/track'),
        metavar='FOLDER',
        help='folder to write (default: out/track)',
    )
    _add_outputs(parser.add_argument_group('files (default: --video --mot)'))
    _add_reading(parser.add_argument_group('reading'))
    network = parser.add_argument_group('detector and tracker')
    network.add_argument(
        '--config',
        type=Path,
        default=None,
        metavar='FILE',
        help='YAML file with parameters of the node, as a plain mapping or a ROS parameter file',
    )
    network.add_argument(
        '--set',
        action='append',
        default=[],
        metavar='NAME=VALUE',
        dest='parameters',
        help='parameter of detector or tracker, such as lost_timeout=5.0; may be repeated; '
        'docs/parameters.md lists all',
    )
    add_detector_options(network, *NAMES, unset=True)
    parser.add_argument(
        '--show',
        action='store_true',
        help='show the frames on a local web page while they are tracked',
    )
    parser.add_argument(
        '--port',
        type=int,
        default=0,
        help='port of that page on 127.0.0.1 (default: any that is free)',
    )
    add_job_options(parser, 'sources')
    return parser


def _add_outputs(group: argparse._ArgumentGroup) -> None:
    group.add_argument('--video', action='store_true', help='annotated video, annotated.mp4')
    group.add_argument('--mot', action='store_true', help='MOTChallenge text, results.txt')
    group.add_argument(
        '--json', action='store_true', help='JSON, one line per frame, tracks.jsonl'
    )
    group.add_argument(
        '--sheet',
        action='store_true',
        help='contact sheet, tracks.jpg: a row of crops per track; biometric data',
    )
    group.add_argument(
        '--crops',
        action='store_true',
        help='crops of the people, crops/ID/FRAME.jpg; biometric data',
    )
    group.add_argument(
        '--crop-interval',
        type=float,
        default=1.0,
        metavar='SECONDS',
        help='least time between two crops of a track; 0 for all (default: 1)',
    )
    add_refinement_options(group, 'also write refined.txt, the tracks after a second pass')
    group.add_argument('--no-files', action='store_true', help='write nothing, for --show')


def _add_reading(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        '--every', type=int, default=1, metavar='N', help='use every n-th frame (default: 1)'
    )
    group.add_argument(
        '--start',
        type=float,
        default=0.0,
        metavar='SECONDS',
        help='time of the first frame to use (default: 0)',
    )
    group.add_argument(
        '--seconds',
        type=float,
        default=0.0,
        metavar='SECONDS',
        help='length of the part to use; 0 for all (default: 0)',
    )
    group.add_argument(
        '--frame-rate',
        type=float,
        default=0.0,
        metavar='HZ',
        help='frames per second (default: that of a seqinfo.ini, or of the source)',
    )
    group.add_argument(
        '--image-topic',
        default=None,
        metavar='TOPIC',
        help='topic of the images in bags (default: the only one with images)',
    )
    group.add_argument(
        '--max-image-pixels',
        type=int,
        default=None,
        metavar='N',
        help='limit of width x height of an image; larger ones are not read '
        f'(default: {MAX_IMAGE_PIXELS})',
    )


def output_choice(options: argparse.Namespace) -> OutputChoice:
    """Return the files to write.

    Raises:
        ValueError: if the options contradict each other.
    """
    asked = [getattr(options, name) for name in ('video', 'mot', 'json', 'sheet', 'crops')]
    refinement = read_refinement(options)
    if options.no_files:
        if any(asked) or refinement is not None:
            raise ValueError('--no-files contradicts the files asked for: leave one of them out')
        if not options.show:
            raise ValueError('--no-files leaves nothing to do: add --show')
    default = not any(asked) and not options.no_files
    return OutputChoice(
        video=options.video or default,
        mot=options.mot or default,
        json_lines=options.json,
        crops=options.crops,
        crop_interval=options.crop_interval,
        sheet=options.sheet,
        refinement=refinement,
    )


def read_options(options: argparse.Namespace, configuration: Configuration) -> ReadOptions:
    """Return how to read the sources.

    Raises:
        ValueError: if a value is out of range.
    """
    if options.frame_rate and not 0 < options.frame_rate <= MAX_FRAME_RATE:
        raise ValueError(
            f'--frame-rate must be positive and at most {MAX_FRAME_RATE:g} Hz, '
            f'got {options.frame_rate:g}'
        )
    limit = options.max_image_pixels
    if limit is None:
        limit = configuration.node.get('max_image_pixels', MAX_IMAGE_PIXELS)
    if not (isinstance(limit, int) and limit > 0):
        raise ValueError(f'max_image_pixels must be a positive integer, got {limit!r}')
    return ReadOptions(
        Selection(options.start, options.seconds, options.every),
        options.frame_rate,
        options.image_topic,
        limit,
    )


def read_parameters(options: argparse.Namespace) -> Configuration:
    """Return the parameters: those of the file, replaced by those of the options.

    Raises:
        ValueError: if a parameter is unknown or out of range.
        FileNotFoundError: if the file does not exist.
    """
    base = Configuration('options')
    if options.config is not None:
        base = read_configuration(options.config, node_parameters())
    given: dict[str, Any] = {}
    for text in options.parameters:
        name, sign, value = text.partition('=')
        if not sign:
            raise ValueError(f'--set takes NAME=VALUE, such as lost_timeout=5.0, got {text!r}')
        try:
            given[name.strip()] = yaml.safe_load(value)
        except yaml.YAMLError as error:
            raise ValueError(f'--set {text}: the value is not valid YAML') from error
    given = current_settings(given, '--set')
    for name in NAMES:
        value = getattr(options, name)
        if value is None:
            continue
        if name == 'input_size':
            given['input_width'], given['input_height'] = value
        else:
            given[name] = value
    return Configuration(base.name, {**base.parameters, **given}, base.node)
