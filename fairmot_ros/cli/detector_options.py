"""Command-line options of the detector, derived from its settings: alike in every command."""

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
        parser: gets them.
        *names: of NAMES.
        unset: make None the default, where a configuration may give a value.
        note: put behind every description.
        **defaults: default values that differ from those of the settings.
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
        known = SETTINGS[name]
        default = defaults.get(name, known.default)
        parser.add_argument(
            flag,
            default=None if unset else default,
            help=f'{known.description}{note} (default: {_shown(default)})'.replace('%', '%%'),
            **_kind(known),
        )


def _kind(known: Setting) -> dict[str, Any]:
    if isinstance(known.default, bool):
        return {'action': 'store_true'}
    if known.choices:
        return {'choices': known.choices}
    return {'metavar': 'FILE' if known.name == 'weights' else known.name.upper()}


def _shown(default: Any) -> str:
    return 'off' if default is False else str(default)
