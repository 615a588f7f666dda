# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0

import re
from pathlib import Path

import pytest

from fairmot_ros.oldest_versions import OLDEST, check_version, is_older

REPOSITORY = Path(__file__).resolve().parents[1]
TITLES = {'torch': 'torch', 'numpy': 'NumPy', 'scipy': 'SciPy', 'cv2': 'OpenCV'}


@pytest.mark.parametrize(
    ('version', 'older'),
    [('1.12.1', True), ('1.13', False), ('1.13.0a0', False), ('2.1.0+cpu', False), ('0.9', True)],
)
def test_versions_compare_by_number(version: str, older: bool) -> None:
    assert is_older(version, OLDEST['torch']) is older


def test_old_version_raises() -> None:
    with pytest.raises(ValueError, match=r'^torch 1\.9\.0 is too old: 1\.13 or newer is needed$'):
        check_version('torch', '1.9.0')


def test_documentation_has_the_same_versions() -> None:
    text = (REPOSITORY / 'docs/howto/install.md').read_text()
    table = re.search(r'^\| (torch \|.*) \|\n\|[-|]+\|\n\| (.*) \|$', text, re.MULTILINE)
    assert table is not None
    titles, versions = (row.split(' | ') for row in table.groups())
    assert dict(zip(titles, versions)) == {TITLES[name]: OLDEST[name] for name in TITLES}
