# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Print docs/parameters.md, or the file of config/ named by the argument."""

import sys

from fairmot_ros.ros.parameters.documents import FILES, as_markdown, as_yaml

print(as_yaml(*FILES[sys.argv[1]]) if sys.argv[1:] else as_markdown(), end='')
