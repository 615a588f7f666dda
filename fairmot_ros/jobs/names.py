# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Names of inputs in tables and of their result folders."""

from __future__ import annotations

import hashlib
import os
import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path, PurePath

LONGEST = 80  # characters of the name in the name of a folder
SUFFIXES = ('.mcap', '.db3')


def folder_name(source: Path) -> str:
    """Return the name of the result folder of an input: its name and a hash of its path.

    It does not depend on the other inputs, so that later runs find it, and inputs of one name in
    different folders have different ones.
    """
    digest = hashlib.sha256(os.path.abspath(source).encode(errors='surrogateescape')).hexdigest()
    name = re.sub(r'[^\w.-]+', '_', _base_name(source))[:LONGEST].strip('.') or 'input'
    return f'{name}-{digest[:8]}'


def distinct_names(sources: Sequence[Path]) -> list[str]:
    """Return the shortest ends of the paths that differ, in the order of the inputs.

    Examples:
        >>> from pathlib import Path
        >>> from fairmot_ros.jobs.names import distinct_names
        >>> distinct_names([Path('/data/mon/walk'), Path('/data/tue/walk'), Path('/data/hall')])
        ['mon/walk', 'tue/walk', 'hall']
    """
    paths = [Path(os.path.abspath(source)) for source in sources]
    stems = [path.with_name(_base_name(path)) if path.name else path for path in paths]
    counts = Counter(stems)
    parts = [(p if counts[s] > 1 else s).parts for p, s in zip(paths, stems)]
    lengths = [1] * len(parts)
    while True:
        names = [PurePath(*p[-n:]).as_posix() for p, n in zip(parts, lengths)]
        same = Counter(names)
        longer = [n + (same[name] > 1 and n < len(p)) for name, p, n in zip(names, parts, lengths)]
        if longer == lengths:
            return names
        lengths = longer


def _base_name(source: Path) -> str:
    name = Path(os.path.abspath(source)).name
    for suffix in SUFFIXES:
        name = name.removesuffix(suffix)
    return name
