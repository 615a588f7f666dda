# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Opening a page in a real browser."""

from __future__ import annotations

import os
import shutil
import subprocess
from html.parser import HTMLParser
from pathlib import Path

import pytest

BROWSERS = ('chromium', 'chromium-browser', 'google-chrome')
OPTIONS = (
    '--headless',
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
)


def open_in_browser(page: Path | str, profile: Path) -> str:
    """Return what the browser made of a page, as HTML; skips the test without a browser.

    Args:
        page: file or address.
        profile: folder for files of the browser.
    """
    program = next(filter(None, map(shutil.which, BROWSERS)), None)
    if program is None:
        pytest.skip(f'none of {", ".join(BROWSERS)} is installed: apt-get install chromium')
    address = page if isinstance(page, str) else page.resolve().as_uri()
    done = subprocess.run(
        [program, *OPTIONS, f'--user-data-dir={profile}', '--dump-dom', address],
        capture_output=True,
        text=True,
        timeout=120,
        stdin=subprocess.DEVNULL,
        env={**os.environ, 'HOME': str(profile)},
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


class Figures(HTMLParser):
    """Reads the figures of the main table: (configuration, mode) to name to text."""

    def __init__(self, dom: str) -> None:
        super().__init__()
        self.rows: dict[tuple[str, str], dict[str, str]] = {}
        self.tags: list[str] = []
        self.images: list[str] = []
        self.addresses: list[str] = []
        self.text = ''
        self._row: dict[str, str] | None = None
        self._figure: str | None = None
        self._aside = False
        self.feed(dom)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        values = {name: value or '' for name, value in attributes}
        self.tags.append(tag)
        self.addresses += [values[n] for n in ('src', 'href', 'srcset') if n in values]
        if tag == 'img':
            self.images.append(values['src'])
        if 'data-configuration' in values:
            self._row = {}
            self.rows[values['data-configuration'], values['data-mode']] = self._row
        if 'data-figure' in values:
            self._figure = values['data-figure']
        self._aside = tag == 'span'

    def handle_endtag(self, tag: str) -> None:
        if tag == 'td':
            self._figure = None
        if tag == 'tr':
            self._row = None
        if tag == 'span':
            self._aside = False

    def handle_data(self, data: str) -> None:
        self.text += data
        if self._row is not None and self._figure is not None and not self._aside:
            self._row[self._figure] = self._row.get(self._figure, '') + data.strip()
