"""Check new inputs of all targets in turn: ``python -m fuzz --minutes 60``."""

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
from fuzz.rounds import Round, play_apart
from fuzz.target import Outcome, Target

ROUND_SECONDS = 10.0  # that a round is to take
FIRST_INPUTS, MAX_INPUTS = 20, 20_000


@dataclass
class Tally:
    """What is known of one target.

    Attributes:
        target: the target.
        counts: inputs by what the reader did with them.
        seconds: that its rounds took.
        failures: rounds that failed.
    """

    target: Target
    counts: Counter[Outcome] = field(default_factory=Counter)
    seconds: float = 0.0
    failures: list[Round] = field(default_factory=list)

    def next_size(self) -> int:
        """Return how many inputs the next round is to have."""
        rate = self.counts.total() / self.seconds if self.seconds else 0.0
        return min(MAX_INPUTS, max(FIRST_INPUTS, int(rate * ROUND_SECONDS)))

    def add(self, done: Round, seconds: float) -> None:
        """Count a round."""
        self.counts += done.counts
        self.seconds += seconds
        if done.failure:
            self.failures.append(done)


def main(arguments: list[str] | None = None) -> int:
    """Run; returns 1 if an input was not handled as it should be."""
    options = _parser().parse_args(arguments)
    os.environ['TQDM_DISABLE'] = '1'  # read when the readers are imported
    logging.disable(logging.WARNING)  # readers warn of odd files, thousands of times here
    tallies = [
        Tally(target)
        for group in GROUPS
        for target in targets_of(group)
        if options.only in target.name
    ]
    options.output.mkdir(parents=True, exist_ok=True)
    for tally in tallies:
        tally.target.inputs()  # what takes long to make is made once, before the forks
    end = time.monotonic() + 60 * options.minutes
    while time.monotonic() < end:
        for tally in tallies:
            number = secrets.randbits(32) if options.seed is None else options.seed
            _play(tally, number, options.inputs or tally.next_size(), options.output)
            if time.monotonic() >= end:
                break
        if options.seed is not None:
            break
    print(_table(tallies))
    return int(any(tally.failures for tally in tallies))


def _play(tally: Tally, number: int, inputs: int, output: Path) -> None:
    """Play one round, tell of it, and keep the input that failed."""
    target = tally.target
    slug = ''.join(c if c.isalnum() else '_' for c in target.name.lower()).strip('_')
    start = time.monotonic()
    done = play_apart(target, number, inputs, output / f'{slug}.last')
    tally.add(done, time.monotonic() - start)
    read, refused = (done.counts[outcome] for outcome in (Outcome.READ, Outcome.REFUSED))
    print(
        f'{target.name}: seed {number}, {inputs} inputs: {read} read, {refused} refused'
        + (f', FAILED: {done.failure}' if done.failure else ''),
        flush=True,
    )
    if not done.failure:
        return
    path = output / f'{slug}-{number}'
    again = f'python -m fuzz --only {target.name!r} --seed {number} --inputs {inputs}'
    path.with_suffix('.txt').write_text(
        f'{again}\n\n{done.trace or done.failure}\n{str(done.value)[:10_000]!r}\n'
    )
    contents = done.value if isinstance(done.value, dict) else {'bin': done.value}
    for name, content in contents.items():
        if isinstance(content, bytes):
            path.with_name(f'{path.name}.{name}').write_bytes(content)


def _table(tallies: list[Tally]) -> str:
    """Return the counts as a table of Markdown."""
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
        description='Check that readers handle whatever they are given, with new inputs in turn.',
    )
    parser.add_argument('--minutes', type=float, default=60.0, help='how long (default: 60)')
    parser.add_argument('--only', default='', metavar='TEXT', help='targets with this in the name')
    parser.add_argument(
        '--seed', type=int, default=None, help='play one round with this seed, as printed'
    )
    parser.add_argument('--inputs', type=int, default=0, help='per round, as printed')
    parser.add_argument('--output', type=Path, default=Path('out/fuzz'), help='for what failed')
    return parser


if __name__ == '__main__':
    sys.exit(main())
