# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""The page: a table of identities with their timelines, and the events."""

from __future__ import annotations

from pathlib import Path

from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup

import fairmot_ros
from fairmot_ros.files.writing import OWNER_ONLY, replacing
from fairmot_ros.identities.report.timeline import Timeline

FOLDER = Path(__file__).parent
#: Fills of the bars: as different as possible, also without colour vision (Okabe and Ito).
COLOURS = ('#0072b2', '#e69f00', '#009e73', '#cc79a7', '#56b4e9', '#d55e00', '#8c8c00', '#555555')


def write_page(path: Path, timeline: Timeline, store: Path) -> None:
    """Write the page so that only its owner can read it.

    Args:
        path: of the page.
        timeline: what to show.
        store: file it was read from, to name it.

    Raises:
        WriteError: if the page cannot be written.
    """
    environment = Environment(loader=FileSystemLoader(FOLDER), autoescape=True)
    text = environment.get_template('page.html').render(
        timeline=timeline,
        store=store,
        colours=COLOURS,
        style=Markup((FOLDER / 'page.css').read_text(encoding='utf-8')),
        script=Markup((FOLDER / 'page.js').read_text(encoding='utf-8')),
        version=fairmot_ros.__version__,
    )
    with replacing(path, OWNER_ONLY) as part:
        part.write_text(text, encoding='utf-8')
