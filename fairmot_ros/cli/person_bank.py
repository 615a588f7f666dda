"""Make a bank of people for the embedding: ``fairmot-person-bank CONFIG --data DIR ...``."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from tqdm import tqdm

from fairmot_ros.cli.command import ExitCode, run_command
from fairmot_ros.training.config import read_config
from fairmot_ros.training.data.dataset_mix import read_mix
from fairmot_ros.training.data.readers import read_set
from fairmot_ros.training.distillation.person_bank.making import Embed, WindowMaker, make_bank
from fairmot_ros.training.distillation.person_bank.track_windows import Video, make_track_bank
from fairmot_ros.training.distillation.person_bank.windows import MAX_HEIGHT
from fairmot_ros.training.distillation.teachers.reidentification import ReidTeacher


def make_parser() -> argparse.ArgumentParser:
    """Return the command line."""
    parser = argparse.ArgumentParser(
        prog='fairmot-person-bank',
        description='Cut people out of the sets of a training, change their light and clothes at '
        'random, and store them with the embeddings of a re-identification teacher. A training '
        'with a section `canvas` reads them. A bank that was cut short is completed.',
    )
    parser.add_argument('config', type=Path, help='YAML file of the training, with `canvas`')
    parser.add_argument(
        '--data', type=Path, required=True, help='folder that holds the training sets'
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
        help='people, beside those of videos (default: 37500)',
    )
    parser.add_argument('--seed', type=int, default=1, help='of everything random (default: 1)')
    parser.add_argument(
        '--per-file', type=int, default=1500, metavar='N', help='people in a file (default: 1500)'
    )
    return parser


def embed_with(teacher: ReidTeacher) -> Embed:
    """Return the teacher as the makers of banks call it."""
    return lambda image, box: teacher(image, box.tolist())


def main(arguments: list[str] | None = None) -> int:
    """Run the command; returns the exit code."""
    options = make_parser().parse_args(arguments)
    return run_command('fairmot-person-bank', lambda: write_bank(options))


def write_bank(options: argparse.Namespace) -> int:
    """Make the bank, or complete it."""
    config = read_config(options.config)
    if options.output is None and config.canvas is None:
        raise ValueError(f'{options.config} has no section `canvas`: give --output')
    folder = options.output or Path(config.canvas.bank if config.canvas else '')
    embed = embed_with(ReidTeacher(options.teacher))
    mix = read_mix(config.sets, options.data, max_cut_out_height=MAX_HEIGHT)
    maker = WindowMaker(mix)
    with tqdm(total=options.count, unit='person', desc='bank') as progress:
        for done in make_bank(
            maker,
            embed,
            folder,
            options.count,
            options.per_file,
            options.seed,
        ):
            progress.update(done - progress.n)
    for part in config.sets:
        if part.frames:
            photographs = read_set(options.data, part, mix.problems)
            video = Video(part.folder, photographs, part.frames)
            for people in make_track_bank(video, embed, folder, options.seed):
                print(f'{part.folder}: {people} people seen in several frames')
    print(f'bank: {folder}')
    return ExitCode.SUCCESS


if __name__ == '__main__':
    sys.exit(main())
