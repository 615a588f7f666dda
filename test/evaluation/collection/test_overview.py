# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Overview of a hundred bags, opened in a browser; names of inputs; distributions."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

import numpy as np
import pytest
from browser import Figures, open_in_browser

from fairmot_ros.evaluation.collection.bag_reports import BagReport, BagRun, FailedBag
from fairmot_ros.evaluation.collection.distributions import bins, distribution_charts
from fairmot_ros.evaluation.collection.overview import make_overview, write_overview
from fairmot_ros.evaluation.metrics.evaluate import Metrics, measure
from fairmot_ros.evaluation.metrics.preprocessing import preprocess
from fairmot_ros.evaluation.metrics.sums import metrics_from, sums_of
from fairmot_ros.evaluation.runs.limits import Limit
from fairmot_ros.evaluation.runs.run_scores import Mode

BAGS = 100
NAMES = [f'walk <{number}> & "more"' for number in range(BAGS)]


def measured(missed: int) -> Metrics:
    """Return the metrics of a person in 100 frames who is missed in some."""
    truth = np.array([[f, 1, 10, 10, 40, 80, 1, -1, -1, -1] for f in range(1, 101)], float)
    return measure(preprocess(truth, truth[missed:], 'MOT15', 'walk'))


def make_report(number: int, folder: Path, configurations: tuple[str, ...]) -> BagReport:
    file = folder / 'bags' / f'{number} #%' / 'report.json'
    file.parent.mkdir(parents=True)
    file.write_text('{}')
    file.with_name('report.html').write_text('<p>own page</p>')
    metrics = measured(number % 97)
    runs = [
        BagRun(name, Mode(), 100, 0, 1, metrics, metrics, ('a note',) * (number == 3))
        for name in configurations
    ]
    about = {name: {'model': 'm:1', 'runtime': 'r', 'parameters': {}} for name in configurations}
    return BagReport(f'/data/{NAMES[number]}', file, 100, 14.3, (), about, runs)


@pytest.fixture(scope='module')
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp('overview')
    reports = [make_report(n, folder, ('default', 'other <1>')) for n in range(BAGS)]
    failed = [FailedBag('/data/bad', 'it is <b>damaged</b>')]
    limits = [Limit('HOTA', 0.9, is_lowest=True)]
    write_overview(make_overview(reports, failed, limits), folder)
    return folder


class Rows(HTMLParser):
    """Reads the table of bags as a browser shows it: values of visible rows, and order."""

    def __init__(self, dom: str) -> None:
        super().__init__()
        self.values: list[list[str]] = []
        self.sorts: list[str] = []
        self._in_table = self._is_shown = False
        self.feed(dom)
        self.values = [row for row in self.values if row]  # without the heading

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        values = dict(attributes)
        if tag == 'table':
            self._in_table = values.get('id') == 'bags'
        if not self._in_table:
            return
        if tag == 'tr':
            self._is_shown = 'hidden' not in values
            self.values.append([])
        elif tag == 'td' and self._is_shown:
            self.values[-1].append(values['data-value'] or '')
        elif tag == 'th':
            self.sorts.append(values['aria-sort'] or '')

    def handle_endtag(self, tag: str) -> None:
        if tag == 'table':
            self._in_table = False


def test_page_in_a_browser(folder: Path, tmp_path: Path) -> None:
    dom = open_in_browser(folder / 'report.html', tmp_path / 'profile')
    shown = Figures(dom)
    data = json.loads((folder / 'report.json').read_text())
    for group in data['combined']:
        row = shown.rows[group['configuration'], 'offline']
        assert row['HOTA'] == f'{100 * group["metrics"]["HOTA"]:.1f}'
        assert row['images'] == str(100 * BAGS)
    rows = Rows(dom)
    assert len(rows.values) == 2 * BAGS
    hota = [float(row[2]) for row in rows.values]
    assert hota == sorted(hota), 'worst first'
    assert hota[0] < hota[-1]
    assert 'it is <b>damaged</b>' in shown.text
    assert '200 of 200 rows' in shown.text
    charts = re.findall(r'<h3>(.*?)</h3>', dom)
    assert charts == [
        'HOTA by bag',
        'MOTA by bag',
        'IDF1 by bag',
        'IDSW by bag',
        'HOTA over α, all bags',
    ]


def test_page_needs_no_network_and_links_to_each_bag(folder: Path) -> None:
    page = (folder / 'report.html').read_text()
    addresses = re.findall(r'(?:src|href|srcset)="([^"]*)"', page)
    assert [a for a in addresses if not a.startswith('bags/')] == []
    assert not re.search(r'https?://|@import|url\(', page)
    linked = {folder / unquote(address) for address in addresses}
    assert linked == set(folder.glob('bags/*/report.html'))


@pytest.mark.parametrize(
    ('script', 'check'),
    [
        ("select('IDSW')", lambda rows: rows.sorts[5 + 2] == 'descending'),
        (
            "select('HOTA'); select('HOTA')",
            lambda rows: (
                (found := [float(r[2]) for r in rows.values]) == sorted(found, reverse=True)
            ),
        ),
        (
            "select('name')",
            lambda rows: (
                [r[0] for r in rows.values][::2]
                == sorted(NAMES, key=lambda n: int(n[6:].split('>')[0]))
            ),
        ),
        (
            "type('<42>')",
            lambda rows: [r[0] for r in rows.values] == [NAMES[42]] * 2,
        ),
        (
            "choose('other <1>, offline')",
            lambda rows: (
                len(rows.values) == BAGS and {r[1] for r in rows.values} == {'other <1>, offline'}
            ),
        ),
    ],
    ids=['counts fall', 'twice rises and falls', 'names by number', 'filter', 'configuration'],
)
def test_table_sorts_and_filters(script: str, check: object, folder: Path, tmp_path: Path) -> None:
    actions = """
    function select(key) { document.querySelector(`[data-key="${key}"]`).click(); }
    function set(id, value, event) {
      const field = document.getElementById(id);
      field.value = value;
      field.dispatchEvent(new Event(event));
    }
    const type = (text) => set('filter', text, 'input');
    const choose = (text) => set('group', text, 'change');
    """
    page = (folder / 'report.html').read_text()
    changed = tmp_path / 'changed.html'
    changed.write_text(page.replace('</body>', f'<script>{actions}{script}</script></body>'))
    rows = Rows(open_in_browser(changed, tmp_path / 'profile'))
    assert callable(check)
    assert check(rows), rows.values[:5]


def test_overview_without_ground_truth(tmp_path: Path, folder: Path) -> None:
    report = make_report(0, tmp_path, ('default',))
    run = BagRun('default', Mode(), 100, 7, 2, None, None, ())
    blind = BagReport(report.path, report.file, 100, 14.3, (), report.configurations, [run])
    write_overview(make_overview([blind], []), tmp_path)
    data = json.loads((tmp_path / 'report.json').read_text())
    assert data['bags'][0]['runs'][0]['metrics'] is None
    page = (tmp_path / 'report.html').read_text()
    assert 'HOTA' not in page.split('<footer>')[0].split('<main>')[1]


def test_sums_restore_metrics_exactly() -> None:
    metrics = measured(13)
    restored = metrics_from(json.loads(json.dumps(sums_of(metrics))))
    assert restored.summary() == metrics.summary()
    assert (restored + restored).summary() == (metrics + metrics).summary()
    with pytest.raises(ValueError, match='sums of metrics are missing or invalid'):
        metrics_from({'hota': {}})


@pytest.mark.parametrize(
    ('values', 'is_ratio', 'expected'),
    [
        ([30.0, 60.0], True, (0.0, 100.0, 5.0)),
        ([-12.0, 60.0], True, (-15.0, 100.0, 5.0)),
        ([-900.0, 60.0], True, (-900.0, 100.0, 50.0)),
        ([0.0], False, (0.0, 1.0, 1.0)),
        ([0.0, 19.0], False, (0.0, 20.0, 1.0)),
        ([0.0, 100.0], False, (0.0, 102.0, 6.0)),
    ],
)
def test_bins(values: list[float], is_ratio: bool, expected: tuple[float, float, float]) -> None:
    assert bins(values, is_ratio) == expected


def test_chart_counts_every_bag() -> None:
    ((title, chart),) = distribution_charts({'HOTA': {'default': [0.0, 0.07, 0.07, 1.0]}})
    assert title == 'HOTA by bag'
    assert 'Number of bags by HOTA' in chart
    assert 'polyline' in chart
