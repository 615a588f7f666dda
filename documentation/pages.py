"""The generated pages of `docs/`, besides `parameters.md`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from documentation.executables import REPOSITORY
from documentation.messages_page import messages_page
from documentation.nodes_page import nodes_page

#: By path, the function that returns the text of a page.
PAGES: dict[Path, Callable[[], str]] = {
    REPOSITORY / 'docs' / 'nodes.md': nodes_page,
    REPOSITORY / 'docs' / 'messages.md': messages_page,
}
