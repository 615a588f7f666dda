# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Reading of YAML files, with a limit on what aliases expand to."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

#: Largest file, in bytes: PyYAML takes about a minute for it.
MAX_YAML_BYTES = 1 << 24
#: Largest number of values, each counted as often as aliases repeat it.
MAX_YAML_VALUES = 1_000_000


class YamlLimitError(yaml.YAMLError):
    """A YAML file that is too large, too deep or expands to too many values."""


class _LimitedLoader(yaml.SafeLoader):
    """Counts the values before they are constructed.

    Aliases are references, so that a file of a few lines can hold values that would fill the
    memory of whoever copies, merges or prints them ("billion laughs").
    """

    def get_single_node(self) -> yaml.Node | None:
        node = super().get_single_node()
        if node is not None and _count(node, {}) > MAX_YAML_VALUES:
            raise YamlLimitError(f'its aliases expand to more than {MAX_YAML_VALUES} values')
        return node


def read_yaml(path: Path) -> Any:
    """Return the content of a YAML file of plain data.

    Raises:
        OSError, UnicodeDecodeError: if it cannot be read.
        yaml.YAMLError: if it is not valid YAML or exceeds a limit.
    """
    with path.open('rb') as file:
        data = file.read(MAX_YAML_BYTES + 1)
    if len(data) > MAX_YAML_BYTES:
        raise YamlLimitError(f'it is larger than {MAX_YAML_BYTES / 1e6:.0f} MB')
    try:
        return yaml.load(data.decode('utf-8-sig'), Loader=_LimitedLoader)
    except RecursionError:
        raise YamlLimitError('its values are nested too deeply') from None
    except UnicodeDecodeError:
        raise
    except ValueError as error:  # of an impossible date, or a number of thousands of digits
        raise yaml.YAMLError(str(error)) from error


def _count(node: yaml.Node, known: dict[int, int]) -> int:
    """Return the number of values of a node and all below it, with what aliases repeat."""
    if id(node) in known:
        return known[id(node)]
    known[id(node)] = MAX_YAML_VALUES + 1  # of a node within itself
    count = 1
    if isinstance(node, yaml.SequenceNode):
        count += sum(_count(item, known) for item in node.value)
    elif isinstance(node, yaml.MappingNode):
        count += sum(_count(part, known) for pair in node.value for part in pair)
    known[id(node)] = count
    return count
