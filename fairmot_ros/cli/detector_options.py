# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Command-line options of the detector, derived from its settings."""

from __future__ import annotations

import argparse
from typing import Any

from fairmot_ros.cli.command import parse_size
from fairmot_ros.detector.settings import DetectorSettings
from fairmot_ros.settings import Setting, settings_of

SETTINGS = settings_of(DetectorSettings)
NAMES = ('weights', 'device', 'engine', 'deterministic', 'precision', 'input_size')


def add_detector_options(
    parser: argparse._ActionsContainer,
    *names: str,
    unset: bool = False,
    note: str = '',
    **defaults: Any,
) -> None:
    """Add options such as `--input-size` for settings of the detector.

    Args:
        parser: parser to add the options to.
        *names: names of settings, from NAMES.
        unset: use None as default, for values that a configuration may give.
        note: text appended to every description.
        **defaults: defaults that differ from those of the settings.
    """
    for name in names:
        flag = f'--{name.replace("_", "-")}'
        if name == 'input_size':
            default = defaults.get(name)
            shown = "the model's own" if default is None else '{}x{}'.format(*default)
            parser.add_argument(
                flag,
                type=parse_size,
                default=default,
                metavar='WIDTHxHEIGHT',
                help=f"size of the network's input, multiples of 32{note} (default: {shown})",
            )
            continue
        setting = SETTINGS[name]
        default = defaults.get(name, setting.default)
        parser.add_argument(
            flag,
            default=None if unset else default,
            help=f'{setting.description}{note} (default: {_as_text(default)})'.replace('%', '%%'),
            **_action(setting),
        )


def _action(setting: Setting) -> dict[str, Any]:
    if isinstance(setting.default, bool):
        return {'action': 'store_true'}
    if setting.choices:
        return {'choices': setting.choices}
    return {'metavar': 'FILE' if setting.name == 'weights' else setting.name.upper()}


def _as_text(default: Any) -> str:
    return 'off' if default is False else str(default)
