# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Command-line options of the refinement, derived from its settings."""

from __future__ import annotations

import argparse

from fairmot_ros.evaluation.refinement import RefinementSettings
from fairmot_ros.settings import settings_of

SETTINGS = settings_of(RefinementSettings)


def add_refinement_options(parser: argparse._ActionsContainer, effect: str) -> None:
    """Add `--refine` and `--refine-setting`.

    Args:
        parser: parser to add the options to.
        effect: begin of the description of `--refine`.
    """
    parser.add_argument(
        '--refine',
        action='store_true',
        help=f'{effect} that merges the tracks of one person, fills gaps and smooths boxes; it '
        'uses later frames, which is not possible on a robot',
    )
    defaults = ', '.join(f'{name}={declared.default:g}' for name, declared in SETTINGS.items())
    parser.add_argument(
        '--refine-setting',
        nargs='+',
        default=[],
        metavar='NAME=VALUE',
        help=f'settings of the second pass, in seconds except for the evidence; implies --refine '
        f'(default: {defaults})',
    )


def read_refinement(options: argparse.Namespace) -> RefinementSettings | None:
    """Return the settings of the refinement; None if it was not asked for.

    Raises:
        ValueError: if a setting has an unknown name, or a value that is no number or out of range.
    """
    if not (options.refine or options.refine_setting):
        return None
    values = {}
    for text in options.refine_setting:
        name, _, number = text.partition('=')
        if name not in SETTINGS:
            raise ValueError(f'{name!r} is no setting of the refinement: {", ".join(SETTINGS)}')
        try:
            values[name] = float(number)
        except ValueError:
            raise ValueError(
                f'expected NAME=VALUE, such as max_link_gap=4, got {text!r}'
            ) from None
    return RefinementSettings(**values)
