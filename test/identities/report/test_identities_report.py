# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""The page of who was where: its timeline, its content in a browser, and the command."""

from __future__ import annotations

import subprocess
import sys
from datetime import datetime
from pathlib import Path

import pytest
from browser import open_in_browser

from fairmot_ros.cli.identities import parse_time
from fairmot_ros.identities import EventKind, IdentityEvent, IdentityStore, Presence
from fairmot_ros.identities.report import write_page
from fairmot_ros.identities.report.timeline import MIN_WIDTH, make_timeline
from fairmot_ros.identities.store import IdentityRecord

NOON = datetime(2027, 3, 1, 12).timestamp()
IDENTITIES = [
    IdentityRecord(1, 'Anna <b>', 'person', NOON, NOON + 100),
    IdentityRecord(2, '', 'person', NOON + 40, NOON + 41),
]
PRESENCES = [
    Presence(1, '/door', '7', NOON, NOON + 20, (1.0, 2.5), 1),
    Presence(2, '/hall', '1', NOON + 40, NOON + 40, None, 2),
    Presence(1, '/hall', '2', NOON + 60, NOON + 100, None, 3),
]
EVENTS = [IdentityEvent(NOON + 61, EventKind.MATCHED, 1, 0, '/hall', '2', 'Anna', 0.97)]


def test_bars_are_placed_by_time() -> None:
    timeline = make_timeline(PRESENCES, IDENTITIES, EVENTS)
    assert timeline.sources == ('/door', '/hall')
    anna, other = timeline.rows
    assert (anna.global_id, anna.name, anna.sources) == (1, 'Anna <b>', ('/door', '/hall'))
    assert [(bar.source, bar.left, bar.width) for bar in anna.bars] == [(0, 0, 20), (1, 60, 40)]
    assert '12:00:00 to 12:00:20, 20 s at 1.0, 2.5 m' in anna.bars[0].text
    assert (other.bars[0].left, other.bars[0].width) == (40, MIN_WIDTH)
    assert timeline.ticks[0] == (0.0, '12:00:00')
    assert timeline.ticks[-1] == (100.0, '12:01:40')
    (event,) = timeline.events
    assert event == (
        '2027-03-01 12:01:01',
        '1 (Anna) was matched by track 2 of /hall, similarity 0.97',
    )


def test_single_moment_and_no_presence() -> None:
    (row,) = make_timeline(PRESENCES[1:2], []).rows
    assert row.bars[0].left == 0
    with pytest.raises(ValueError, match='no identity was seen'):
        make_timeline([], IDENTITIES)


def test_every_kind_of_event_has_a_sentence() -> None:
    events = [IdentityEvent(NOON, kind, 1, 2) for kind in EventKind]
    assert len(make_timeline(PRESENCES, IDENTITIES, events).events) == len(EventKind)


def test_page_in_a_browser(tmp_path: Path) -> None:
    page = tmp_path / 'page.html'
    write_page(page, make_timeline(PRESENCES, IDENTITIES, EVENTS), Path('people.db'))
    assert page.stat().st_mode & 0o777 == 0o600
    text = page.read_text()
    assert 'Anna &lt;b&gt;' in text
    assert 'http' not in text
    shown = open_in_browser(page, tmp_path / 'profile')
    assert shown.count('<tr data-text') == 2
    assert 'hidden' not in shown.partition('<tbody>')[2].partition('</tbody>')[0]


@pytest.mark.parametrize(
    ('text', 'seconds_ago'), [('90m', 5400), ('2h', 7200), ('1.5d', 129600), ('0m', 0)]
)
def test_times_ago(text: str, seconds_ago: float) -> None:
    now = datetime.fromtimestamp(NOON)
    assert parse_time(text, now) == pytest.approx(NOON - seconds_ago)
    assert parse_time('2027-03-01 12:00', now) == NOON
    with pytest.raises(ValueError, match="'soon' is no time"):
        parse_time('soon', now)
    with pytest.raises(ValueError, match="'99999999d' is outside the calendar"):
        parse_time('99999999d', now)


def run(*arguments: object, folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, '-m', 'fairmot_ros.cli.identities', *map(str, arguments)]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True)


def test_command(tmp_path: Path) -> None:
    with IdentityStore(tmp_path / 'people.db') as store:
        store.put_identities(IDENTITIES)
        store.put_presences(PRESENCES)
        store.commit()
        done = run('report', 'people.db', folder=tmp_path)  # while the store is in use
    assert (done.returncode, done.stdout) == (0, '2 identities: identities.html\n'), done.stderr
    assert 'Anna' in (tmp_path / 'identities.html').read_text()
    listed = run('list', 'people.db', folder=tmp_path).stdout.splitlines()
    assert [line.split()[0] for line in listed] == ['1', '2']
    empty = run('report', 'people.db', '--since', '2028-01-01', folder=tmp_path)
    assert empty.returncode == 2
    assert empty.stderr == 'fairmot-identities: no identity was seen in this period\n'
    missing = run('list', 'none.db', folder=tmp_path)
    assert missing.returncode == 2
    assert 'none.db' in missing.stderr
    assert len(missing.stderr.splitlines()) == 1


def test_the_page_never_replaces_the_store(tmp_path: Path) -> None:
    store = tmp_path / 'people.db'
    IdentityStore(store).close()
    content = store.read_bytes()
    (tmp_path / 'link.html').symlink_to(store)
    for output in ('people.db', 'people.db-wal', 'link.html'):
        done = run('report', 'people.db', '--output', output, folder=tmp_path)
        assert done.returncode == 2
        assert 'belongs to the store' in done.stderr
    assert store.read_bytes() == content


def test_a_period_that_ends_before_it_starts(tmp_path: Path) -> None:
    IdentityStore(tmp_path / 'people.db').close()
    done = run('list', 'people.db', '--since', '1h', '--until', '2h', folder=tmp_path)
    assert done.returncode == 2
    assert done.stderr == (
        'fairmot-identities: --since 1h is after --until 2h: expected an earlier time\n'
    )
