# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Run with ``python -m benchmarks [PART [OPTIONS]]``, or ``make bench ARGS='PART OPTIONS'``."""

from __future__ import annotations

import argparse
from importlib import import_module

from benchmarks.calibration import calibrate

# The modules of the parts; each has `add_arguments` and `run`, and is imported when it is asked
# for, as some need ROS or render images first.
PARTS = {
    'network': 'network_speed',
    'performance': 'performance.report',
    'node': 'node_speed',
    'around': 'around_network',
    'tracker': 'tracker_speed',
    'association': 'association',
    'camera-motion': 'camera_motion',
    'positions': 'positions',
    'following': 'following',
    'model': 'default_model',
    'evaluation': 'evaluation_speed',
    'jobs': 'job_speed',
    'refinement': 'refinement',
    'figures': 'figures.regenerate',
    'freshness': 'freshness',
    'soak': 'soak.node_soak',
    'soak-report': 'soak.report',
    'tracker-soak': 'tracker_soak',
    'growth': 'growth',
    'gpu': 'gpu',
    'threads': 'thread_counts',
    'identities': 'identities',
}
DEFAULT = ('network', 'tracker')


def main() -> None:
    """Measure what was asked for, or what is quickly measured."""
    parser = argparse.ArgumentParser(prog='benchmarks', description=__doc__)
    parser.add_argument(
        'part',
        nargs='?',
        choices=PARTS,
        metavar='PART',
        help=f'{", ".join(PARTS)} (default: {" and ".join(DEFAULT)})',
    )
    parser.add_argument(
        'options', nargs=argparse.REMAINDER, help='of the part: `PART --help` lists them'
    )
    chosen = parser.parse_args()
    runs = []
    for part in (chosen.part,) if chosen.part else DEFAULT:
        module = import_module(f'benchmarks.{PARTS[part]}')
        own = argparse.ArgumentParser(prog=f'benchmarks {part}', description=module.__doc__)
        module.add_arguments(own)
        runs.append((module.run, own.parse_args(chosen.options)))
    before = calibrate()
    for run, options in runs:
        run(options)
    # Two runs can be compared by the ratio of their calibrations, if it kept still.
    print(f'calibration: {before:.2f} ms before, {calibrate():.2f} ms after')


if __name__ == '__main__':
    main()
