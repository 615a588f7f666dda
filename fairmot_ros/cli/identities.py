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
from fairmot_ros.identities.store.lock import SUFFIX

EXAMPLES = """examples:
  fairmot-identities report people.db
  fairmot-identities report people.db --since 2h --output morning.html
  fairmot-identities report people.db --since '2027-03-01 08:00' --until '2027-03-01 12:00'
  fairmot-identities list people.db
"""
BESIDE = ('-wal', '-shm', '-journal', SUFFIX)  # suffixes of the files beside a store
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
        ValueError: if the text is neither, or the time is outside the calendar.
    """
    try:
        if text[-1:] in UNITS and text[:-1].replace('.', '', 1).isdecimal():
            return (now - timedelta(seconds=float(text[:-1]) * UNITS[text[-1]])).timestamp()
        return datetime.fromisoformat(text).timestamp()
    except OverflowError:
        raise ValueError(
            f'{text!r} is outside the calendar: expected a time after the year 1'
        ) from None
    except ValueError:
        raise ValueError(
            f"{text!r} is no time: expected a date such as '2027-03-01 08:00', or a time ago such "
            'as 90m, 2h or 1d'
        ) from None


def is_part_of_store(path: Path, store: Path) -> bool:
    """Return whether a path is the store or a file that SQLite or the node has beside it."""
    files = (store, *(store.with_name(store.name + suffix) for suffix in BESIDE))
    return path.resolve() in {file.resolve() for file in files}


def run(options: argparse.Namespace) -> int:
    """Read the store and write what is asked for."""
    now = datetime.now()
    since = float('-inf') if options.since is None else parse_time(options.since, now)
    until = float('inf') if options.until is None else parse_time(options.until, now)
    if since > until:
        raise ValueError(
            f'--since {options.since} is after --until {options.until}: expected an earlier time'
        )
    if options.command == 'report' and is_part_of_store(options.output, options.store):
        raise ValueError(
            f'{options.output} belongs to the store, which the page would overwrite: give '
            'another --output'
        )
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
