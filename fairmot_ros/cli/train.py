# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
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
    """Return the argument parser."""
    parser = argparse.ArgumentParser(
        prog='fairmot-train',
        description='Train a FairMOT network. The same command resumes an interrupted run. With '
        'several GPUs: torchrun --nproc_per_node N -m fairmot_ros.cli.train CONFIG --data DIR '
        '--device cuda',
    )
    parser.add_argument(
        'config',
        type=Path,
        nargs='+',
        help='training file (YAML); several are trained in turn, and with --output continue the '
        'same run, so that the number of steps of each includes the previous ones',
    )
    parser.add_argument(
        '--data', type=Path, required=True, help='folder that contains the datasets'
    )
    parser.add_argument(
        '--output',
        type=Path,
        default=None,
        help='folder of the run (default: runs/NAME, with the name of the model)',
    )
    parser.add_argument(
        '--device',
        default='auto',
        help='auto, cpu, cuda or cuda:N (default: auto, a GPU if available); with torchrun, each '
        'process uses its own GPU',
    )
    parser.add_argument(
        '--save-every',
        type=int,
        default=200,
        metavar='STEPS',
        help='steps between two saves (default: 200)',
    )
    parser.add_argument(
        '--minutes',
        type=float,
        default=math.inf,
        metavar='M',
        help='time limit, after which the state is saved; the same command resumes the run '
        '(default: none)',
    )
    return parser


def main(arguments: list[str] | None = None) -> int:
    """Run the command; return the exit code."""
    options = make_parser().parse_args(arguments)
    return run_command(
        'fairmot-train',
        lambda: train(options),
        mistakes=(TrainingError,),
        interrupted=RESUMABLE,
    )


def train(options: argparse.Namespace) -> int:
    """Train all configurations in turn."""
    deadline = time.monotonic() + 60 * options.minutes
    for config in [read_config(path) for path in options.config]:
        folder = options.output or Path('runs') / config.name
        trainer = Trainer(config, options.data, folder, options.device)
        weights = trainer.run(options.save_every, (deadline - time.monotonic()) / 60)
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
    trainer.processes.close()
    return ExitCode.SUCCESS


if __name__ == '__main__':
    sys.exit(main())
