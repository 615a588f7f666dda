"""Print docs/parameters.md, or the file of config/ named by the argument."""

import sys

from fairmot_ros.ros.parameters.documents import FILES, as_markdown, as_yaml

print(as_yaml(*FILES[sys.argv[1]]) if sys.argv[1:] else as_markdown(), end='')
