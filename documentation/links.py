# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Check the links of the built site: `python -m documentation.links FOLDER`.

Links within the site are checked, anchors included. Links to other sites are listed in
`external_links.txt` beside the folder and not fetched.
"""

from __future__ import annotations

import posixpath
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

#: Attributes that hold a link.
LINKS = ('href', 'src')


class Page(HTMLParser):
    """The links and anchors of a page.

    Attributes:
        links: as written.
        anchors: ids of elements.
    """

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.links: list[str] = []
        self.anchors: set[str] = set()
        self.feed(path.read_text())

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        """Note the links and the anchor of an element."""
        values = {name: value or '' for name, value in attributes}
        if values.get('rel') != 'canonical':
            self.links += [values[name] for name in LINKS if name in values]
        self.anchors.update(values[name] for name in ('id', 'name') if name in values)


def check_links(site: Path) -> tuple[list[str], list[str]]:
    """Return the broken links within a site, each with its page, and the links to other sites."""
    pages = {str(path.relative_to(site)): Page(path) for path in sorted(site.rglob('*.html'))}
    broken, external = [], set()
    for name, page in pages.items():
        if name == '404.html':  # its links are from the root of a server
            continue
        for link in page.links:
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                external.add(link)
            elif not _exists(site, pages, name, unquote(parts.path), unquote(parts.fragment)):
                broken.append(f'{name}: {link}')
    return broken, sorted(external)


def _exists(site: Path, pages: dict[str, Page], page: str, path: str, anchor: str) -> bool:
    target = posixpath.normpath(posixpath.join(posixpath.dirname(page), path)) if path else page
    if not (site / target).exists():
        return False
    known = target not in pages or anchor in pages[target].anchors
    return not anchor or known or anchor.startswith('__')  # those of the theme's scripts


def main() -> int:
    """Check the folder given as argument; return 1 if a link is broken."""
    site = Path(sys.argv[1])
    broken, external = check_links(site)
    (site.parent / 'external_links.txt').write_text(''.join(f'{link}\n' for link in external))
    for link in broken:
        print(f'broken link: {link}', file=sys.stderr)
    return 1 if broken else 0


if __name__ == '__main__':
    sys.exit(main())
