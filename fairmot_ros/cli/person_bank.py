# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Create a person bank for training: ``fairmot-person-bank CONFIG --data DIR --teacher FILE``."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from tqdm import tqdm

from fairmot_ros.cli.command import ExitCode, run_command
from fairmot_ros.training.config import read_config
from fairmot_ros.training.data.dataset_mix import read_dataset_mix
from fairmot_ros.training.data.readers import read_dataset
from fairmot_ros.training.distillation.person_bank.random_windows import (
    Embed,
    WindowSampler,
    write_random_windows,
)
from fairmot_ros.training.distillation.person_bank.track_windows import (
    VideoDataset,
    write_track_windows,
)
from fairmot_ros.training.distillation.person_bank.windows import MAX_HEIGHT
from fairmot_ros.training.distillation.teachers.reidentification import ReidTeacher


def make_parser() -> argparse.ArgumentParser:
    """Return the argument parser."""
    parser = argparse.ArgumentParser(
        prog='fairmot-person-bank',
        description='Crop people from the datasets of a training file, change their light and '
        'clothes at random, and store them with the embeddings of a re-identification teacher. '
        'fairmot-train reads them for a training file with a section `canvas`. The same command '
        'completes an interrupted bank.',
    )
    parser.add_argument('config', type=Path, help='training file with a section `canvas`')
    parser.add_argument(
        '--data', type=Path, required=True, help='folder that contains the datasets'
    )
    parser.add_argument(
        '--teacher',
        type=Path,
        required=True,
        help='OpenVINO .xml or .onnx file, such as person-reidentification-retail-0277',
    )
    parser.add_argument(
        '--output',
        type=Path,
        default=None,
        help='folder of the bank (default: `bank` in the section `canvas`)',
    )
    parser.add_argument(
        '--count',
        type=int,
        default=37_500,
        help='number of windows, without those of videos (default: 37500)',
    )
    parser.add_argument('--seed', type=int, default=1, help='random seed (default: 1)')
    parser.add_argument(
        '--per-file', type=int, default=1500, metavar='N', help='windows per file (default: 1500)'
    )
    return parser


def embed_with(teacher: ReidTeacher) -> Embed:
    """Return a teacher as the function that the bank calls."""
    return lambda image, box: teacher(image, box.tolist())


def main(arguments: list[str] | None = None) -> int:
    """Run the command; return the exit code."""
    options = make_parser().parse_args(arguments)
    return run_command('fairmot-person-bank', lambda: write_bank(options))


def write_bank(options: argparse.Namespace) -> int:
    """Create the bank, or complete it."""
    config = read_config(options.config)
    if options.output is None and config.canvas is None:
        raise ValueError(f'{options.config} has no section `canvas`: give --output')
    folder = options.output or Path(config.canvas.bank if config.canvas else '')
    embed = embed_with(ReidTeacher(options.teacher))
    mix = read_dataset_mix(config.sets, options.data, max_cut_out_height=MAX_HEIGHT)
    sampler = WindowSampler(mix)
    with tqdm(total=options.count, unit='person', desc='bank') as progress:
        for done in write_random_windows(
            sampler,
            embed,
            folder,
            options.count,
            options.per_file,
            options.seed,
        ):
            progress.update(done - progress.n)
    for dataset in config.sets:
        if dataset.frames:
            images = read_dataset(options.data, dataset, mix.problems)
            videos = VideoDataset(dataset.folder, images, dataset.frames)
            for count in write_track_windows(videos, embed, folder, options.seed):
                print(f'{dataset.folder}: {count} people tracked over several frames')
    print(f'bank: {folder}')
    return ExitCode.SUCCESS


if __name__ == '__main__':
    sys.exit(main())
