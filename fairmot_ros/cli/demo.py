# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Track people in videos through three real ROS 2 nodes: player, tracker, recorder."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from fairmot_ros.cli.command import run_command
from fairmot_ros.cli.demo_nodes import DemoError, DemoRun, track_video
from fairmot_ros.cli.demo_summary import print_summary, summarise
from fairmot_ros.cli.detector_options import add_detector_options
from fairmot_ros.cli.shipped_clips import SHIPPED_CLIPS
from fairmot_ros.detector import Detector
from fairmot_ros.media.video_source import VideoSource


def make_parser() -> argparse.ArgumentParser:
    """Return the argument parser."""
    parser = argparse.ArgumentParser(prog='fairmot-demo', description=__doc__)
    parser.add_argument(
        '--video',
        type=Path,
        default=None,
        help='video file or folder of images (default: the two clips of the package, each '
        'written to its own subfolder of the output)',
    )
    parser.add_argument(
        '--ground-truth',
        type=Path,
        default=None,
        metavar='FILE',
        help='MOTChallenge gt.txt of --video; adds MOTA, IDF1 and HOTA to the summary',
    )
    parser.add_argument('--output', type=Path, default=Path('out/demo'), help='folder to write')
    add_detector_options(parser, 'weights', 'device', 'input_size')
    parser.add_argument(
        '--frame-rate',
        type=float,
        default=0.0,
        metavar='HZ',
        help="frame rate of the video (default: that of its seqinfo.ini, or the video's own)",
    )
    parser.add_argument(
        '--real-time',
        action='store_true',
        help='play at the frame rate, so that the tracker drops frames it is too slow for; '
        'otherwise every frame is processed, as fast as possible',
    )
    parser.add_argument(
        '--max-frames', type=int, default=0, help='maximum number of frames; 0 for all'
    )
    return parser


def plan_runs(options: argparse.Namespace) -> list[DemoRun]:
    """Return the videos to track, after checking the options.

    Raises:
        ValueError: if a video, the weights or the ground truth is unusable.
    """
    if options.ground_truth is not None:
        if options.video is None:
            raise ValueError('--ground-truth needs the video it belongs to: add --video FILE')
        if not options.ground_truth.is_file():
            raise ValueError(f'no ground truth at {options.ground_truth}: expected a gt.txt file')
    if options.weights != 'default':
        Detector(options.weights, input_size=options.input_size, device='cpu')
    folders = {clip: options.output / clip.stem for clip in SHIPPED_CLIPS}
    if options.video is not None:
        folders = {options.video: options.output}
    return [
        DemoRun(
            VideoSource(video, options.frame_rate),
            folder,
            options.weights,
            options.device,
            options.input_size,
            options.real_time,
            options.max_frames,
        )
        for video, folder in folders.items()
    ]


def run_demo(options: argparse.Namespace) -> int:
    """Track all videos, then print a summary of each; return the exit code.

    Raises:
        ValueError: see `plan_runs`.
        OSError: if the output cannot be written.
    """
    summaries = []
    for run in plan_runs(options):
        started = time.monotonic()
        try:
            recording = track_video(run)
        except DemoError as error:
            raise ValueError(f'{run.source.path}: {error}') from error
        seconds = time.monotonic() - started
        summaries.append((summarise(run, recording, seconds, options.ground_truth), run.output))
    for summary, folder in summaries:
        print_summary(summary, folder)
    empty = [summary['video'] for summary, _ in summaries if not summary['boxes']]
    if empty:
        print(f'fairmot-demo: no tracks were received of {", ".join(empty)}', file=sys.stderr)
    return int(bool(empty))


def main(arguments: list[str] | None = None) -> int:
    """Run the command; return the exit code."""
    options = make_parser().parse_args(arguments)
    return run_command('fairmot-demo', lambda: run_demo(options))


if __name__ == '__main__':
    sys.exit(main())
