# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Read the store of the identities node: ``fairmot-identities report people.db``."""

from __future__ import annotations

import argparse
import sys
from datetime import datetime, timedelta
from pathlib import Path

from fairmot_ros.cli.command import ExitCode, run_command
from fairmot_ros.identities import StoreReader
from fairmot_ros.identities.report import write_page
from fairmot_ros.identities.report.timeline import make_timeline

EXAMPLES = """examples:
  fairmot-identities report people.db
  fairmot-identities report people.db --since 2h --output morning.html
  fairmot-identities report people.db --since '2027-03-01 08:00' --until '2027-03-01 12:00'
  fairmot-identities list people.db
"""
UNITS = {'m': 60.0, 'h': 3600.0, 'd': 86400.0}


def make_parser() -> argparse.ArgumentParser:
    """Return the argument parser."""
    parser = argparse.ArgumentParser(
        prog='fairmot-identities',
        description='Show what the node fairmot_identities has stored, also while it runs. '
        'Nothing is changed.',
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(dest='command', required=True, metavar='COMMAND')
    report = commands.add_parser('report', help='write a page of who was where when')
    report.add_argument(
        '--output',
        type=Path,
        default=Path('identities.html'),
        help='page to write (default: identities.html)',
    )
    listing = commands.add_parser('list', help='print the identities')
    for command in (report, listing):
        command.add_argument('store', type=Path, help='SQLite file: the parameter `store`')
        for name, default in (('since', 'all that is stored'), ('until', 'now')):
            command.add_argument(
                f'--{name}',
                default=None,
                metavar='TIME',
                help=f"a date such as '2027-03-01 08:00', or a time ago such as 90m, 2h or 1d "
                f'(default: {default})',
            )
    return parser


def parse_time(text: str, now: datetime) -> float:
    """Return a point in time in seconds.

    Args:
        text: a date in ISO 8601, or a number of minutes, hours or days ago: 90m, 2h, 1d.
        now: present time.

    Raises:
        ValueError: if the text is neither.
    """
    if text[-1:] in UNITS and text[:-1].replace('.', '', 1).isdecimal():
        return (now - timedelta(seconds=float(text[:-1]) * UNITS[text[-1]])).timestamp()
    try:
        return datetime.fromisoformat(text).timestamp()
    except ValueError:
        raise ValueError(
            f"{text!r} is no time: expected a date such as '2027-03-01 08:00', or a time ago such "
            'as 90m, 2h or 1d'
        ) from None


def run(options: argparse.Namespace) -> int:
    """Read the store and write what is asked for."""
    now = datetime.now()
    since = float('-inf') if options.since is None else parse_time(options.since, now)
    until = float('inf') if options.until is None else parse_time(options.until, now)
    with StoreReader(options.store) as store:
        if options.command == 'report':
            timeline = make_timeline(
                store.presences(since, until), store.identities(), store.events(since, until)
            )
            write_page(options.output, timeline, options.store)
            print(f'{len(timeline.rows)} identities: {options.output}')
            return ExitCode.SUCCESS
        for identity in store.identities():
            if since <= identity.last_seen and identity.first_seen <= until:
                first, last = (
                    datetime.fromtimestamp(stamp).strftime('%Y-%m-%d %H:%M:%S')
                    for stamp in (identity.first_seen, identity.last_seen)
                )
                print(f'{identity.global_id:8}  {first}  {last}  {identity.name}')
    return ExitCode.SUCCESS


def main() -> int:
    """Run the command."""
    options = make_parser().parse_args()
    return run_command('fairmot-identities', lambda: run(options))


if __name__ == '__main__':
    sys.exit(main())
