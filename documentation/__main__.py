# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Write what is generated from the sources: `python -m documentation`.

Pages in `docs/`, and the policies in `config/security/`.
"""

from documentation.executables import REPOSITORY
from documentation.messages_page import messages_page
from documentation.nodes_page import nodes_page, read_graphs
from documentation.security_policies import FOLDER, policies

graphs = read_graphs()
written = {
    REPOSITORY / 'docs' / 'messages.md': messages_page(),
    REPOSITORY / 'docs' / 'nodes.md': nodes_page(graphs),
    **{FOLDER / name: text for name, text in policies(graphs).items()},
}
for path, text in written.items():
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    print(f'wrote {path.relative_to(REPOSITORY)}')
