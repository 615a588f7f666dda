# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Run an ablation study: ``fairmot-ablation config/training/ablation.yaml --data DIR``."""

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
    """Return the argument parser."""
    parser = argparse.ArgumentParser(
        prog='fairmot-ablation',
        description='Train and score every variant of a configuration with every seed, and write '
        'results.md, results.csv and results.png. Finished runs are kept, so the same command '
        'resumes an interrupted study. Several processes started with it share the runs.',
    )
    parser.add_argument('plan', type=Path, help='YAML file with base, studies, seeds, scoring')
    parser.add_argument(
        '--data', type=Path, required=True, help='folder that contains the datasets'
    )
    parser.add_argument(
        '--output',
        type=Path,
        default=Path('runs/ablation'),
        help='folder to write (default: runs/ablation)',
    )
    add_detector_options(parser, 'device')
    return parser


def main(arguments: list[str] | None = None) -> int:
    """Run the command; return the exit code."""
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
