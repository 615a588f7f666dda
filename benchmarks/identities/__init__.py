# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Identities across cameras: two cameras made from one sequence, rates over the threshold, cost.

``halves`` prints the identity F1 over two cameras, ``rates`` identification and false merges over
the threshold, ``cost`` the time per frame by number of identities, ``scale`` by number of
cameras, ``memory`` an hour of simulated visitors, and ``site`` the identity F1 on simulated sites.
"""

from __future__ import annotations

import argparse

from benchmarks.identities import cost, halves, rates, visitors

PARTS = ('halves', 'rates', 'cost', 'scale', 'memory', 'site')


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of this part."""
    parser.add_argument(
        '--parts', nargs='+', choices=PARTS, default=PARTS, help='what to measure (default: all)'
    )
    parser.add_argument('--weights', default='default', help='checkpoint (default: default)')
    parser.add_argument(
        '--identities',
        nargs='+',
        type=int,
        default=[1_000, 10_000, 100_000, 1_000_000],
        metavar='N',
        help='numbers of identities for the cost (default: 1e3 to 1e6)',
    )
    parser.add_argument(
        '--cameras',
        nargs='+',
        type=int,
        default=[5, 20, 100],
        metavar='N',
        help='numbers of cameras that one process matches (default: 5 20 100)',
    )
    parser.add_argument(
        '--minutes', type=int, default=60, help='of simulated visitors (default: 60)'
    )


def run(options: argparse.Namespace) -> None:
    """Measure and print."""
    if 'halves' in options.parts:
        halves.report(options.weights)
    if 'rates' in options.parts:
        rates.report(options.weights)
    if 'cost' in options.parts:
        cost.report(options.identities)
    if 'scale' in options.parts:
        cost.scale(options.cameras)
    if 'memory' in options.parts:
        cost.memory(options.minutes)
    if 'site' in options.parts:
        visitors.report()
