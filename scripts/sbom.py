#!/usr/bin/env python3
# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Write the software bill of materials as CycloneDX 1.6: `make sbom`.

It lists what `make setup` installs, with the licences that the installed packages state, and what
the package ships of others: weights, clips and message definitions. Only the standard library is
used, as tools for this would themselves add to what is installed. The same tree and environment
give the same file.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote
from xml.etree import ElementTree

REPOSITORY = Path(__file__).resolve().parents[1]
INSTALLED = tuple(f'requirements{part}.txt' for part in ('', '-cpu', '-lock', '-ros'))
REQUIREMENT = re.compile(r'^(?P<name>[\w.-]+)==(?P<version>[\w.+]+)', re.MULTILINE)
#: Shipped files of others, and their licences; ATTRIBUTION.md beside each says more.
DATA_LICENCES = {
    'fairmot_ros/data/indoor.mp4': 'CC-BY-4.0',
    'fairmot_ros/data/pedestrians.mp4': 'Apache-2.0',
    'fairmot_ros/weights/default.identity.json': 'Apache-2.0',
    'fairmot_ros/weights/default.pth': 'Apache-2.0',
    'fairmot_ros/weights/default.precision.json': 'Apache-2.0',
}
#: What packages state only in the text of their licence.
LICENCES_IN_FILES = {
    'setuptools': 'MIT',
    'ros-fastcdr': 'Apache-2.0',
    'ros-fastrtps': 'Apache-2.0',
}
CLASSIFIER = 'License :: OSI Approved :: '
Component = dict[str, Any]


def bill_of_materials() -> dict[str, Any]:
    """Return the document."""
    components = [*packages(), *messages(), *shipped_files()]
    manifest = ElementTree.parse(REPOSITORY / 'package.xml')
    return {
        'bomFormat': 'CycloneDX',
        'specVersion': '1.6',
        'version': 1,
        'metadata': {
            'component': {
                'type': 'library',
                'bom-ref': 'fairmot_ros',
                'name': 'fairmot_ros',
                'version': manifest.findtext('version', ''),
                'licenses': [{'expression': 'Apache-2.0'}],
            }
        },
        'components': components,
        'dependencies': [
            {'ref': 'fairmot_ros', 'dependsOn': [part['bom-ref'] for part in components]}
        ],
    }


def packages() -> Iterator[Component]:
    """Yield the packages of the lock files."""
    text = ''.join((REPOSITORY / name).read_text() for name in INSTALLED)
    for name, version in sorted(set(REQUIREMENT.findall(text)), key=lambda p: p[0].lower()):
        normal = re.sub(r'[-_.]+', '-', name).lower()
        address = f'pkg:pypi/{normal}@{quote(version)}'
        part: Component = {'type': 'library', 'bom-ref': address, 'name': name}
        part |= {'version': version, 'purl': address}
        licence = stated_licence(name)
        yield part | ({'licenses': [{'license': {'name': licence}}]} if licence else {})


def stated_licence(name: str) -> str:
    """Return the licence that an installed package states; empty if there is none."""
    if name.startswith('ros-') and name not in LICENCES_IN_FILES:
        return _licence_in_manifest(re.sub('^ros-(jazzy-)?', '', name).replace('-', '_'))
    try:
        stated: Any = importlib.metadata.metadata(name)
    except importlib.metadata.PackageNotFoundError:
        return ''
    classifiers = stated.get_all('Classifier') or []
    named = [c.removeprefix(CLASSIFIER) for c in classifiers if c.startswith(CLASSIFIER)]
    text = (stated.get('License') or '').strip()
    short = '' if '\n' in text or text.upper() == 'UNKNOWN' else text
    known = stated.get('License-Expression') or short or ' AND '.join(named)
    return str(known or LICENCES_IN_FILES.get(name, ''))


def _licence_in_manifest(package: str) -> str:
    manifest = Path(sys.prefix) / 'share' / package / 'package.xml'
    if not manifest.is_file():
        return ''
    return ' AND '.join(part.text or '' for part in ElementTree.parse(manifest).iter('license'))


def messages() -> Iterator[Component]:
    """Yield the message packages that are built where ROS 2 lacks them."""
    for path in sorted(REPOSITORY.glob('third_party/*/package.xml')):
        manifest = ElementTree.parse(path)
        name = manifest.findtext('name', '')
        yield {
            'type': 'library',
            'bom-ref': f'third_party/{name}',
            'name': name,
            'version': manifest.findtext('version', ''),
            'licenses': [{'license': {'name': manifest.findtext('license', '')}}],
        }


def shipped_files() -> Iterator[Component]:
    """Yield weights and clips."""
    for name, licence in DATA_LICENCES.items():
        digest = hashlib.sha256((REPOSITORY / name).read_bytes()).hexdigest()
        yield {
            'type': 'machine-learning-model' if name.endswith('.pth') else 'data',
            'bom-ref': name,
            'name': name,
            'hashes': [{'alg': 'SHA-256', 'content': digest}],
            'licenses': [{'license': {'id': licence}}],
        }


def main() -> int:
    """Write the document to the path in the argument."""
    path = Path(sys.argv[1])
    document = bill_of_materials()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(document, indent=1) + '\n')
    print(f'wrote {path}: {len(document["components"])} components')
    return 0


if __name__ == '__main__':
    sys.exit(main())
