# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Limits on YAML files, also through the readers that use them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from fairmot_ros.evaluation.bags import Bag, BagError
from fairmot_ros.evaluation.runs.configuration import ConfigurationError, read_configuration
from fairmot_ros.files import yaml_files
from fairmot_ros.files.yaml_files import YamlLimitError, read_yaml
from fairmot_ros.training.config import ConfigError, read_config

#: Nine lists of nine references to the one before: 9^9 values.
LISTS = ''.join(f'l{n}: &l{n} [{", ".join(9 * [f"*l{n - 1}"])}]\n' for n in range(1, 10))
BOMB = f'l0: &l0 [a]\n{LISTS}'
MERGES = ''.join(f'm{n}: &m{n}\n  <<: [{", ".join(9 * [f"*m{n - 1}"])}]\n' for n in range(1, 10))


@pytest.mark.parametrize(
    ('text', 'reason'),
    [
        (BOMB, 'its aliases expand to more than 1000000 values'),
        (f'm0: &m0 {{a: 1}}\n{MERGES}', 'its aliases expand to more than 1000000 values'),
        ('a: &a [*a]', 'its aliases expand to more than 1000000 values'),
        (100_000 * '[', 'its values are nested too deeply'),
    ],
    ids=['lists', 'merges', 'cycle', 'depth'],
)
def test_what_expands_without_bound_is_refused(text: str, reason: str, tmp_path: Path) -> None:
    (tmp_path / 'a.yaml').write_text(text)
    with pytest.raises(YamlLimitError, match=f'^{reason}$'):
        read_yaml(tmp_path / 'a.yaml')


def test_aliases_and_merges_are_read(tmp_path: Path) -> None:
    (tmp_path / 'a.yaml').write_text('\ufeffa: &a {x: 1}\nb: [*a, *a]\nc: {<<: *a, y: 2}\n')
    assert read_yaml(tmp_path / 'a.yaml') == {
        'a': {'x': 1},
        'b': [{'x': 1}, {'x': 1}],
        'c': {'x': 1, 'y': 2},
    }


def test_large_files_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(yaml_files, 'MAX_YAML_BYTES', 10)
    (tmp_path / 'a.yaml').write_text('a: 1234567')
    assert read_yaml(tmp_path / 'a.yaml') == {'a': 1234567}
    (tmp_path / 'a.yaml').write_text('a: 12345678')
    with pytest.raises(yaml.YAMLError, match='larger than'):
        read_yaml(tmp_path / 'a.yaml')


@pytest.mark.parametrize(
    ('read', 'error', 'name'),
    [
        (read_config, ConfigError, 'a.yaml'),
        (read_configuration, ConfigurationError, 'a.yaml'),
        (lambda path: Bag(path.parent), BagError, 'metadata.yaml'),
    ],
    ids=['training file', 'parameter file', 'bag'],
)
def test_readers_refuse_it_in_one_sentence(
    read: Callable[[Path], Any], error: type[Exception], name: str, tmp_path: Path
) -> None:
    path = tmp_path / name
    information = (
        'rosbag2_bagfile_information: {storage_identifier: *l9, relative_file_paths: []}\n'
    )
    path.write_text(BOMB + information)
    with pytest.raises(error) as caught:
        read(path)
    assert len(str(caught.value)) < 300


@pytest.mark.parametrize('value', ['2001-99-99', '9' * 5000], ids=['date', 'digits'])
def test_impossible_values_are_invalid_yaml(value: str, tmp_path: Path) -> None:
    path = tmp_path / 'a.yaml'
    path.write_text(f'a: {value}')
    with pytest.raises(yaml.YAMLError):
        read_yaml(path)
