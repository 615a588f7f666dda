# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Write the pages of `docs/` that are generated from the sources: `python -m documentation`."""

from documentation.executables import REPOSITORY
from documentation.messages_page import messages_page
from documentation.nodes_page import nodes_page

for name, render in (('messages.md', messages_page), ('nodes.md', nodes_page)):
    path = REPOSITORY / 'docs' / name
    path.write_text(render())
    print(f'wrote {path.relative_to(REPOSITORY)}')
