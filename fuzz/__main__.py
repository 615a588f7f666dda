# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Check all targets with new inputs in turn: ``python -m fuzz --minutes 60``."""

from __future__ import annotations

import argparse
import logging
import os
import secrets
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from fuzz.registry import GROUPS, targets_of
from fuzz.rounds import Round, run_isolated
from fuzz.target import Outcome, Target

ROUND_SECONDS = 10.0  # intended duration of a round
FIRST_INPUTS, MAX_INPUTS = 20, 20_000  # inputs of the first round, and at most


@dataclass
class Tally:
    """Results of one target so far.

    Attributes:
        target: the target.
        counts: number of inputs by outcome.
        seconds: total duration of its rounds.
        failures: failed rounds.
    """

    target: Target
    counts: Counter[Outcome] = field(default_factory=Counter)
    seconds: float = 0.0
    failures: list[Round] = field(default_factory=list)

    def next_size(self) -> int:
        """Return the number of inputs of the next round, for a duration of ROUND_SECONDS."""
        rate = self.counts.total() / self.seconds if self.seconds else 0.0
        return min(MAX_INPUTS, max(FIRST_INPUTS, int(rate * ROUND_SECONDS)))

    def add(self, result: Round, seconds: float) -> None:
        """Add the results of a round."""
        self.counts += result.counts
        self.seconds += seconds
        if result.failure:
            self.failures.append(result)


def main(arguments: list[str] | None = None) -> int:
    """Run rounds until the time limit; return 1 if a round failed."""
    options = _parser().parse_args(arguments)
    os.environ['TQDM_DISABLE'] = '1'  # read when the readers are imported
    logging.disable(logging.WARNING)  # readers warn about unusual files
    tallies = [
        Tally(target)
        for group in GROUPS
        for target in targets_of(group)
        if options.only in target.name
    ]
    options.output.mkdir(parents=True, exist_ok=True)
    for tally in tallies:
        tally.target.inputs()  # fills caches once, before the processes are forked
    end = time.monotonic() + 60 * options.minutes
    while time.monotonic() < end:
        for tally in tallies:
            number = secrets.randbits(32) if options.seed is None else options.seed
            _run_round(tally, number, options.inputs or tally.next_size(), options.output)
            if time.monotonic() >= end:
                break
        if options.seed is not None:
            break
    print(_table(tallies))
    return int(any(tally.failures for tally in tallies))


def _run_round(tally: Tally, number: int, inputs: int, output: Path) -> None:
    """Run one round, print its result and save the failing input."""
    target = tally.target
    slug = ''.join(c if c.isalnum() else '_' for c in target.name.lower()).strip('_')
    start = time.monotonic()
    result = run_isolated(target, number, inputs, output / f'{slug}.last')
    tally.add(result, time.monotonic() - start)
    read, refused = (result.counts[outcome] for outcome in (Outcome.READ, Outcome.REFUSED))
    print(
        f'{target.name}: seed {number}, {inputs} inputs: {read} read, {refused} refused'
        + (f', FAILED: {result.failure}' if result.failure else ''),
        flush=True,
    )
    if not result.failure:
        return
    path = output / f'{slug}-{number}'
    command = f'python -m fuzz --only {target.name!r} --seed {number} --inputs {inputs}'
    path.with_suffix('.txt').write_text(
        f'{command}\n\n{result.trace or result.failure}\n{str(result.value)[:10_000]!r}\n'
    )
    contents = result.value if isinstance(result.value, dict) else {'bin': result.value}
    for name, content in contents.items():
        if isinstance(content, bytes):
            path.with_name(f'{path.name}.{name}').write_bytes(content)


def _table(tallies: list[Tally]) -> str:
    """Return the results as a Markdown table."""
    lines = ['| input | error | read | refused | failed rounds |', '|---|---|---:|---:|---:|']
    for t in tallies:
        read, refused = (t.counts[outcome] for outcome in (Outcome.READ, Outcome.REFUSED))
        lines.append(
            f'| {t.target.name} | `{t.target.error.__name__}` | {read:,} | {refused:,} | '
            f'{len(t.failures)} |'
        )
    total = Counter[Outcome]()
    for t in tallies:
        total += t.counts
    lines.append(
        f'| all | | {total[Outcome.READ]:,} | {total[Outcome.REFUSED]:,} | '
        f'{sum(len(t.failures) for t in tallies)} |'
    )
    return '\n'.join(lines)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog='python -m fuzz',
        description='Check that readers handle any input, with new generated inputs.',
    )
    parser.add_argument('--minutes', type=float, default=60.0, help='time limit (default: 60)')
    parser.add_argument(
        '--only', default='', metavar='TEXT', help='only targets whose name contains this text'
    )
    parser.add_argument(
        '--seed',
        type=int,
        default=None,
        help='run one round per target with this seed, as printed for a failure',
    )
    parser.add_argument(
        '--inputs',
        type=int,
        default=0,
        help='inputs per round, as printed (default: as many as fit into ten seconds)',
    )
    parser.add_argument(
        '--output', type=Path, default=Path('out/fuzz'), help='folder for failing inputs'
    )
    return parser


if __name__ == '__main__':
    sys.exit(main())
