"""Train a network: ``fairmot-train config/training/fairmot_yolo.yaml --data DIR``."""

from __future__ import annotations

import argparse
import math
import sys
import time
from pathlib import Path

from fairmot_ros.cli.command import RESUMABLE, ExitCode, run_command
from fairmot_ros.training.config import read_config
from fairmot_ros.training.engine.trainer import Trainer, TrainingError


def make_parser() -> argparse.ArgumentParser:
    """Return the command line."""
    parser = argparse.ArgumentParser(
        prog='fairmot-train',
        description='Train a FairMOT network. A run that was cut short goes on where it was '
        'when the same command is given again. Several GPUs: '
        'torchrun --nproc_per_node N -m fairmot_ros.cli.train CONFIG --data DIR --device cuda',
    )
    parser.add_argument(
        'config',
        type=Path,
        nargs='+',
        help='YAML file that describes the training; a further one goes on where the one before '
        'it ends, so its number of steps includes the earlier ones',
    )
    parser.add_argument(
        '--data', type=Path, required=True, help='folder that holds the training sets'
    )
    parser.add_argument(
        '--output',
        type=Path,
        default=None,
        help='folder of the run (default: runs/ and the name of the model)',
    )
    parser.add_argument(
        '--device',
        default='auto',
        help='auto, cpu, cuda or cuda:N (default: auto, a GPU where there is one); with torchrun, '
        'each process gets its own GPU',
    )
    parser.add_argument(
        '--save-every',
        type=int,
        default=200,
        metavar='STEPS',
        help='how often the state is written (default: 200)',
    )
    parser.add_argument(
        '--minutes',
        type=float,
        default=math.inf,
        metavar='M',
        help='stop after so many minutes, for machines that are lent for a time; the same command '
        'resumes the run (default: train to the end)',
    )
    return parser


def main(arguments: list[str] | None = None) -> int:
    """Run the command; returns the exit code."""
    options = make_parser().parse_args(arguments)
    return run_command(
        'fairmot-train',
        lambda: train(options),
        mistakes=(TrainingError,),
        interrupted=RESUMABLE,
    )


def train(options: argparse.Namespace) -> int:
    """Train all configurations in turn."""
    ends = time.monotonic() + 60 * options.minutes
    for config in [read_config(path) for path in options.config]:
        folder = options.output or Path('runs') / config.name
        trainer = Trainer(config, options.data, folder, options.device)
        weights = trainer.run(options.save_every, (ends - time.monotonic()) / 60)
        report = trainer.mix.problems.report()
        if report and trainer.processes.is_first:
            print(report, file=sys.stderr)
        if not trainer.is_finished:
            break
    if trainer.processes.is_first:
        if not trainer.is_finished:
            print(
                f'stopped after {options.minutes:g} minutes at step {trainer.step} of '
                f'{trainer.steps} of {trainer.config.name}; the same command resumes it'
            )
        print(f'weights: {weights}')
    trainer.processes.leave()
    return ExitCode.SUCCESS


if __name__ == '__main__':
    sys.exit(main())
