# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""A Fast DDS profile with a short lease, after which a silent participant is forgotten."""

from __future__ import annotations

from pathlib import Path

from fairmot_ros.ros.tools.node_processes import find_profile

LEASE = 3  # seconds; 20 by default
VARIABLES = ('FASTRTPS_DEFAULT_PROFILES_FILE', 'FASTDDS_DEFAULT_PROFILES_FILE')


def with_short_lease(environment: dict[str, str], folder: Path) -> dict[str, str]:
    """Return the variables for nodes with a short lease; the profile is written to `folder`."""
    profile = find_profile()
    assert profile is not None
    mark = '<discovery_config>'
    text = profile.read_text()
    assert text.count(mark) == 1
    path = folder / 'short_lease.xml'
    path.write_text(text.replace(mark, f'{mark}<leaseDuration><sec>{LEASE}</sec></leaseDuration>'))
    return {**environment, **dict.fromkeys(VARIABLES, str(path))}
