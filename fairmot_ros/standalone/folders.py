# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Output folders of sources: one for each, whatever their names."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path

from fairmot_ros.standalone.job import SUMMARY
from fairmot_ros.standalone.sources import Source

DIGEST_LENGTH = 8


def output_folders(sources: Sequence[Source], output: Path) -> list[Path]:
    """Return a folder for each source: its name, with a hash of its path where that is taken.

    A name is taken if an earlier source has it, on file systems that ignore case as well, or if
    the folder has the summary of another source.
    """
    taken: set[str] = set()
    folders = []
    for source in sources:
        name = source.name
        if name.lower() in taken or _owner(output / name) not in (None, source.identity):
            digest = hashlib.sha256(source.identity.encode(errors='surrogateescape')).hexdigest()
            name = f'{name}-{digest[:DIGEST_LENGTH]}'
        taken.add(name.lower())
        folders.append(output / name)
    return folders


def _owner(folder: Path) -> str | None:
    """Return the source whose files a folder has; None without a summary, '' if it is unknown."""
    try:
        summary = json.loads((folder / SUMMARY).read_text(encoding='utf-8'))
        return str(summary['source'])
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError):
        return ''
