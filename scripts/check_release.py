#!/usr/bin/env python3
# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Check a release: no placeholders, consistent versions, a changelog section with entries.

Run by `make release-check`; see RELEASING.md. It uses only the standard library.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

REPOSITORY = Path(__file__).resolve().parents[1]

#: Placeholders for the name or address of the publisher. The domains are reserved for examples
#: (RFC 2606), so no real address matches.
PLACEHOLDER = re.compile(r'[\w.+/:@-]*example\.(?:org|com|net)[\w./-]*|<this repository>')
#: Files that may contain placeholders.
CHECKED_FILES = (
    'package.xml',
    '*.md',
    'docs/**/*.md',
    'mkdocs.yml',
    'CHANGELOG.rst',
    'docker/Dockerfile',
    '.github/**/*',
)
VERSION = re.compile(r'\d+\.\d+\.\d+')
HEADING = re.compile(r'^(?P<title>\S.*)\n(?P<rule>-+)$', re.MULTILINE)
DATED = re.compile(r'(?P<version>\d+\.\d+\.\d+) \(\d{4}-\d{2}-\d{2}\)')
URLS = ('website', 'repository', 'bugtracker')


def problems(repository: Path) -> list[str]:
    """Return the problems that prevent a release, one message each."""
    manifest = ElementTree.parse(repository / 'package.xml').getroot()
    return [
        *find_placeholders(repository),
        *check_manifest(manifest),
        *check_versions(repository, manifest.findtext('version', '')),
        *check_changelog(repository, manifest.findtext('version', '')),
    ]


def find_placeholders(repository: Path) -> Iterator[str]:
    """Yield a problem for each placeholder, with its file and line."""
    files = {path for pattern in CHECKED_FILES for path in repository.glob(pattern)}
    for path in sorted(filter(Path.is_file, files)):
        for number, line in enumerate(path.read_text(encoding='utf-8').splitlines(), start=1):
            for found in PLACEHOLDER.findall(line):
                place = f'{path.relative_to(repository)}:{number}'
                yield f'{place}: {found.rstrip(".")} is a placeholder'


def check_manifest(manifest: ElementTree.Element) -> Iterator[str]:
    """Check that the manifest has the addresses that rosdistro and package indices show."""
    kinds = {url.get('type', 'website') for url in manifest.findall('url')}
    for kind in URLS:
        if kind not in kinds:
            yield f'package.xml: no <url type="{kind}">'
    if not any(maintainer.get('email') for maintainer in manifest.findall('maintainer')):
        yield 'package.xml: no maintainer with an email address'


def check_versions(repository: Path, version: str) -> Iterator[str]:
    """Compare the version of the manifest, which setup.py uses, with that of the module."""
    if not VERSION.fullmatch(version):
        yield f'package.xml: version {version!r} is not of the form 1.2.3'
    text = (repository / 'fairmot_ros' / '__init__.py').read_text(encoding='utf-8')
    found = re.search(r"^__version__ = '(.*)'$", text, re.MULTILINE)
    own = found[1] if found else 'missing'
    if own != version:
        yield f'fairmot_ros/__init__.py: __version__ is {own}, package.xml has {version}'


def check_changelog(repository: Path, version: str) -> Iterator[str]:
    """Check that the changelog starts with a dated section of this version, with entries."""
    text = (repository / 'CHANGELOG.rst').read_text(encoding='utf-8')
    headings = list(HEADING.finditer(text))
    titles = [heading['title'] for heading in headings]
    dated = DATED.fullmatch(titles[0]) if titles else None
    if dated is None or dated['version'] != version:
        first = titles[0] if titles else 'no section'
        yield f'CHANGELOG.rst: starts with {first!r}, expected {version + " (YYYY-MM-DD)"!r}'
    for heading in headings:
        if len(heading['rule']) < len(heading['title']):
            yield f'CHANGELOG.rst: the line below {heading["title"]!r} is too short'
    end = headings[1].start() if len(headings) > 1 else len(text)
    if headings and not re.search(r'^\* \S', text[headings[0].end() : end], re.MULTILINE):
        yield f'CHANGELOG.rst: {titles[0]!r} has no entry'


def main() -> int:
    """Print the problems; return 1 if there are any."""
    found = problems(REPOSITORY)
    for problem in found:
        print(problem, file=sys.stderr)
    if found:
        print(f'{len(found)} problem(s): not ready for a release', file=sys.stderr)
        return 1
    print('ready for a release')
    return 0


if __name__ == '__main__':
    sys.exit(main())
