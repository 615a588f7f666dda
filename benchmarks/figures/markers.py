# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Generated parts of the documents.

A part begins with the line ``<!-- figures: NAME, weights HASH -->`` and ends with
``<!-- end -->``. HASH is the beginning of the SHA-256 of the weights that it was measured with.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
DOCUMENTS = tuple(
    REPOSITORY / name
    for name in ('README.md', 'docs/default_model.md', 'docs/engines.md', 'docs/tracker.md')
)
#: Written by its own command, see `benchmarks.performance`.
PERFORMANCE = REPOSITORY / 'docs' / 'performance.md'
HASH_LENGTH = 12
PART = re.compile(
    r'^<!-- figures: (?P<name>[\w-]+)(?:, weights (?P<weights>[0-9a-f]+))? -->\n'
    r'(?P<content>.*?)^<!-- end -->$',
    re.MULTILINE | re.DOTALL,
)


def recorded_weights(text: str) -> dict[str, str]:
    """Return the hash that each part of a document records; '' where there is none."""
    return {match['name']: match['weights'] or '' for match in PART.finditer(text)}


def replace_parts(
    text: str, parts: Mapping[str, str], sha256: str, *, partly: bool = False
) -> str:
    """Return a document with the content of its parts replaced.

    Args:
        text: the document.
        parts: content by name; may hold more than the document has.
        sha256: of the weights.
        partly: leave parts without content as they are.

    Raises:
        ValueError: if the document has a part without content, unless `partly`.
    """
    missing = sorted(set(recorded_weights(text)) - set(parts))
    if missing and not partly:
        raise ValueError(f'nothing generates the part {", ".join(missing)}')

    def renew(match: re.Match[str]) -> str:
        if match['name'] not in parts:
            return match[0]
        opening = f'<!-- figures: {match["name"]}, weights {sha256[:HASH_LENGTH]} -->'
        return f'{opening}\n{parts[match["name"]].strip()}\n<!-- end -->'

    return PART.sub(renew, text)


def stale_parts(sha256: str) -> list[str]:
    """Return the parts, as ``FILE: NAME``, that were measured with other weights."""
    return [
        f'{document.name}: {name}'
        for document in (*DOCUMENTS, PERFORMANCE)
        for name, weights in recorded_weights(document.read_text()).items()
        if weights != sha256[:HASH_LENGTH]
    ]
