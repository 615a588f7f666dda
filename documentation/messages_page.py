# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""`docs/messages.md`: the definitions of messages and services."""

from __future__ import annotations

from documentation.executables import REPOSITORY


def messages_page() -> str:
    """Return the page."""
    lines = [
        '# Messages and services',
        '',
        'Generated from `msg/` and `srv/` by `python -m documentation`. The nodes also use '
        'the standard messages named in [Nodes](nodes.md). Embeddings, names and positions are '
        'personal data: see [Privacy](privacy.md).',
    ]
    for folder, title in (('msg', 'Messages'), ('srv', 'Services')):
        lines += ['', f'## {title}']
        for path in sorted((REPOSITORY / folder).iterdir()):
            lines += ['', f'### {path.stem}', '', '```text', path.read_text().strip(), '```']
    return '\n'.join(lines) + '\n'
