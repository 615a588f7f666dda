# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Private parts of rclpy are those that the documentation names."""

from __future__ import annotations

import re
from pathlib import Path

REPOSITORY = Path(__file__).parents[2]
PAGE = REPOSITORY / 'docs' / 'architecture.md'
#: Private members of nodes, services and so on; those of `self` are our own.
MEMBER = re.compile(r'\b(?:node|executor|context|service|publisher|subscription)\._([a-z]\w*)')
BY_NAME = re.compile(r"getattr\((?:self\._)?node, '_(\w+)'")
MODULE = re.compile(r'\brclpy\.(impl\.\w+|_\w+)')


def test_the_documentation_names_private_parts_of_rclpy() -> None:
    text = PAGE.read_text()
    section = text[text.index('## Private parts of rclpy') :].split('\n## ')[0]
    listed = set(re.findall(r'^\| `([^`]+)`', section, re.MULTILINE))
    found = set()
    for path in (REPOSITORY / 'fairmot_ros').rglob('*.py'):
        source = path.read_text()
        found |= {f'Node._{name}' for name in (*MEMBER.findall(source), *BY_NAME.findall(source))}
        found |= {f'rclpy.{name}' for name in MODULE.findall(source)}
    assert found == listed
