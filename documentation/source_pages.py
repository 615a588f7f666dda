# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Hook of MkDocs: links from `docs/` to other files of the repository lead to pages of the site.

A link such as `../launch/fairmot.launch.py` is right where the repository is browsed. On the site,
its target becomes a page below `sources/` that shows the file, or lists the files of the folder.
A target that does not exist is left as it is, and MkDocs warns about it.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from mkdocs.structure.files import File, Files, InclusionLevel

REPOSITORY = Path(__file__).resolve().parents[1]
#: The target of a link and of a link definition, without its anchor.
TARGET = re.compile(r'(?P<before>\]\(|^\[[^\]]+\]: )(?P<path>\.\./[^)#\s]+)', re.MULTILINE)
LANGUAGES = {
    '.py': 'python',
    '.yaml': 'yaml',
    '.xml': 'xml',
    '.sh': 'bash',
    '.md': 'markdown',
    '.csv': 'text',
}
Links = Iterator[tuple[re.Match[str], str]]


def on_files(files: Files, config: Any) -> Files:
    """Add a page for every file and folder that a page links."""
    for page in list(files.documentation_pages()):
        for _, path in _links(page.content_string, page.src_uri):
            name = _page_name(path)
            if files.get_file_from_path(name) is None:
                content = _show(path)
                added = File.generated(config, name, content=content)
                added.inclusion = InclusionLevel.NOT_IN_NAV
                files.append(added)
    return files


def on_page_markdown(markdown: str, page: Any, **_: Any) -> str:
    """Replace the links of a page."""
    folder = posixpath.dirname(page.file.src_uri)
    for match, path in reversed(list(_links(markdown, page.file.src_uri))):
        target = posixpath.relpath(_page_name(path), folder or '.')
        markdown = markdown[: match.start('path')] + target + markdown[match.end('path') :]
    return markdown


def _links(markdown: str, page: str) -> Links:
    """Yield the links to existing files outside of `docs/`, with paths in the repository."""
    for match in TARGET.finditer(markdown):
        place = posixpath.join('docs', posixpath.dirname(page), match['path'])
        path = posixpath.normpath(place)
        outside = not path.startswith(('docs/', '..'))
        if outside and (REPOSITORY / path).exists():
            yield match, path


def _page_name(path: str) -> str:
    # Not `x.md.md` or `index.md`: MkDocs would give them other addresses.
    return f'sources/{path.replace("/", "-").replace(".", "_").strip("_")}.md'


def _show(path: str) -> str:
    """Return the text of the page of a file or a folder."""
    head = f'---\nsearch:\n  exclude: true\nhide:\n  - toc\n---\n\n# {path}\n\n'
    place = REPOSITORY / path
    if place.is_dir():
        names = sorted(p.name for p in place.iterdir() if not p.name.startswith(('__', '.')))
        return head + '\n'.join(f'* `{name}`' for name in names) + '\n'
    language = LANGUAGES.get(place.suffix, 'text')
    text = place.read_text()
    return f'{head}````{language}\n{text.rstrip()}\n````\n'
