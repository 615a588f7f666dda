#!/usr/bin/env python3
# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Check that the dependencies of package.xml have rosdep keys on the supported distributions.

Usage: check_rosdep_keys.py FOLDER

FOLDER is a checkout of https://github.com/ros/rosdistro. Dependencies with a condition count for
the distributions that fulfil it.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import yaml

REPOSITORY = Path(__file__).resolve().parents[1]
#: ROS distributions, with the names of their Ubuntu releases.
DISTRIBUTIONS = {
    'humble': 'jammy',
    'jazzy': 'noble',
    'kilted': 'noble',
    'lyrical': 'resolute',
}
RULES = ('base', 'python', 'ruby')


def dependencies(distribution: str) -> set[str]:
    """Return the keys that package.xml names for a distribution."""
    from catkin_pkg.package import parse_package

    package = parse_package(str(REPOSITORY / 'package.xml'))
    package.evaluate_conditions({'ROS_DISTRO': distribution, 'ROS_VERSION': '2'})
    found = [
        *package.build_depends,
        *package.buildtool_depends,
        *package.build_export_depends,
        *package.exec_depends,
        *package.test_depends,
    ]
    return {dependency.name for dependency in found if dependency.evaluated_condition}


def released_packages(rosdistro: Path, distribution: str) -> set[str]:
    """Return the packages that are released into a distribution."""
    content = yaml.safe_load((rosdistro / distribution / 'distribution.yaml').read_text())
    names: set[str] = set()
    for name, repository in content['repositories'].items():
        release = repository.get('release', {})
        if 'version' in release:
            names.update(release.get('packages', [name]))
    return names


def system_packages(rosdistro: Path, release: str) -> dict[str, Any]:
    """Return the packages of each key on a release of Ubuntu, with the key `pip` if not of apt."""
    packages: dict[str, Any] = {}
    for rules in RULES:
        content = yaml.safe_load((rosdistro / 'rosdep' / f'{rules}.yaml').read_text())
        for key, systems in content.items():
            found = systems.get('ubuntu')
            if isinstance(found, dict) and not {'apt', 'pip'} & found.keys():
                found = found.get(release, found.get('*'))
            if found:
                packages[key] = found
    return packages


def main() -> int:
    """Print the keys that are missing; return 1 if there are any."""
    if len(sys.argv) != 2 or sys.argv[1] in ('-h', '--help'):
        print(__doc__)
        return 0 if sys.argv[1:] else 2
    rosdistro = Path(sys.argv[1])
    missing = 0
    for distribution, release in DISTRIBUTIONS.items():
        if not (rosdistro / distribution / 'distribution.yaml').is_file():
            print(f'{distribution}: not in {rosdistro}', file=sys.stderr)
            missing += 1
            continue
        packages = system_packages(rosdistro, release)
        keys = dependencies(distribution)
        unknown = keys - released_packages(rosdistro, distribution) - packages.keys()
        by_pip = sorted(key for key in keys if 'pip' in packages.get(key, ()))
        missing += len(unknown)
        print(
            f'{distribution} ({release}): {len(keys)} keys, missing: '
            f'{", ".join(sorted(unknown)) or "none"}, by pip: {", ".join(by_pip) or "none"}'
        )
    return 1 if missing else 0


if __name__ == '__main__':
    sys.exit(main())
