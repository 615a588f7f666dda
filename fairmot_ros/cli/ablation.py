"""Compare variants of a training: ``fairmot-ablation config/training/ablation.yaml``."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from fairmot_ros.cli.command import RESUMABLE, ExitCode, run_command
from fairmot_ros.cli.detector_options import add_detector_options
from fairmot_ros.detector.engines.memory import keep_freed_memory
from fairmot_ros.training.ablation import read_plan, run_ablation
from fairmot_ros.training.engine.trainer import TrainingError


def make_parser() -> argparse.ArgumentParser:
    """Return the command line."""
    parser = argparse.ArgumentParser(
        prog='fairmot-ablation',
        description='Train and score every variant of a training with every seed, and write '
        'results.md, results.csv and results.png. What is done is kept: the same command goes '
        'on where it was cut short. Started several times, the processes share the work.',
    )
    parser.add_argument('plan', type=Path, help='YAML file with base, studies, seeds, scoring')
    parser.add_argument('--data', type=Path, required=True, help='folder that holds the sets')
    parser.add_argument(
        '--output',
        type=Path,
        default=Path('runs/ablation'),
        help='folder to write (default: runs/ablation)',
    )
    add_detector_options(parser, 'device')
    return parser


def main(arguments: list[str] | None = None) -> int:
    """Run the command; returns the exit code."""
    options = make_parser().parse_args(arguments)
    return run_command(
        'fairmot-ablation',
        lambda: compare(options),
        mistakes=(TrainingError,),
        interrupted=RESUMABLE,
    )


def compare(options: argparse.Namespace) -> int:
    """Train and score all variants and print the results."""
    keep_freed_memory()  # scoring detects and embeds
    plan = read_plan(options.plan)
    run_ablation(plan, options.data, options.output, options.device)
    print((options.output / 'results.md').read_text())
    return ExitCode.SUCCESS


if __name__ == '__main__':
    sys.exit(main())
