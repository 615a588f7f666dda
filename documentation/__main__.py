"""Write the pages of `docs/` that are generated from the sources: `python -m documentation`."""

from __future__ import annotations

from documentation.pages import PAGES

for path, render in PAGES.items():
    path.write_text(render())
    print(f'wrote {path}')
