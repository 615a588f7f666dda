# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Rights of a policy in `config/security/`, and what a running node uses of them."""

from __future__ import annotations

from fnmatch import fnmatchcase
from pathlib import Path
from xml.etree import ElementTree

from rclpy.node import Node

#: How a node uses a name, and the name.
Right = tuple[str, str]


def rights_of(policy: Path) -> set[Right]:
    """Return what a policy allows, with names in full.

    Raises:
        ValueError: if the file has not the form of SROS 2 policies.
    """
    root = ElementTree.parse(policy).getroot()
    if root.tag != 'policy' or root.attrib != {'version': '0.2.0'}:
        raise ValueError(f'{policy} is not a policy of version 0.2.0')
    rights = set()
    for profile in root.iterfind('enclaves/enclave/profiles/profile'):
        for group in profile:
            ((use, qualifier),) = group.attrib.items()
            if (group.tag, use) not in USES or qualifier != 'ALLOW':
                raise ValueError(f'{policy}: unexpected {group.tag} {group.attrib}')
            for item in group:
                name = in_full(item.text or '', profile.attrib['ns'], profile.attrib['node'])
                rights.add((use, name))
    return rights


USES = {('topics', 'publish'), ('topics', 'subscribe'), ('services', 'reply')}


def in_full(name: str, namespace: str, node: str) -> str:
    """Return a name of a policy with its namespace."""
    prefix = namespace.rstrip('/') + '/'
    if name.startswith('/'):
        return name
    return prefix + (f'{node}{name[1:]}' if name.startswith('~') else name)


def used_by(node: str, observer: Node) -> set[Right]:
    """Return what a node of the namespace / has open; empty if it is not discovered."""
    if node not in observer.get_node_names():
        return set()
    ways = {
        'publish': observer.get_publisher_names_and_types_by_node,
        'subscribe': observer.get_subscriber_names_and_types_by_node,
        'reply': observer.get_service_names_and_types_by_node,
        'request': observer.get_client_names_and_types_by_node,
    }
    return {(use, name) for use, names in ways.items() for name, _ in names(node, '/')}


def beyond(used: set[Right], allowed: set[Right]) -> set[Right]:
    """Return what is used and not allowed."""
    return {
        (use, name)
        for use, name in used
        if not any(use == right and fnmatchcase(name, pattern) for right, pattern in allowed)
    }
