# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Check the installation, and list what is missing with instructions to fix it."""

from __future__ import annotations

import argparse
import sys

from fairmot_ros.cli.command import ExitCode, run_command
from fairmot_ros.installation import Finding, Level, check_installation

MARKS = {Level.OK: ' ok ', Level.NOTE: 'note', Level.PROBLEM: 'FAIL'}


def make_parser() -> argparse.ArgumentParser:
    """Return the argument parser."""
    return argparse.ArgumentParser(
        prog='fairmot-check',
        description=f'{__doc__} The exit code is 1 if the nodes cannot run; notes concern '
        'optional parts.',
    )


def describe(finding: Finding) -> str:
    """Return a finding as text, with the advice on a second line."""
    line = f'[{MARKS[finding.level]}] {finding.name}: {finding.text}'
    return f'{line}\n         -> {finding.advice}' if finding.advice else line


def main(arguments: list[str] | None = None) -> int:
    """Run the command; return the exit code."""
    make_parser().parse_args(arguments)
    return run_command('fairmot-check', check)


def check() -> int:
    """Print all findings; return the exit code."""
    problems = 0
    for finding in check_installation():
        print(describe(finding), flush=True)
        problems += finding.level is Level.PROBLEM
    if problems:
        print(f'fairmot-check: {problems} problem(s) must be fixed before the nodes can run')
        return ExitCode.CHECK_FAILED
    print('fairmot-check: the nodes can run')
    return ExitCode.SUCCESS


if __name__ == '__main__':
    sys.exit(main())
