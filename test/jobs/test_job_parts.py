# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Parts of jobs: names, states of files, memory, files that are sent."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from fairmot_ros.jobs.environment import describe_environment, differences
from fairmot_ros.jobs.fingerprint import has_changed, read_state
from fairmot_ros.jobs.memory import free_memory, memory_note
from fairmot_ros.jobs.names import distinct_names, folder_name
from fairmot_ros.jobs.sending import PackedFile, pack

GB = 10**9


@pytest.mark.parametrize(
    ('paths', 'names'),
    [
        (['/a/walk', '/a/hall'], ['walk', 'hall']),
        (['/a/walk.mcap', '/a/walk.db3'], ['walk.mcap', 'walk.db3']),
        (['/a/x/walk', '/b/x/walk', '/c/walk'], ['a/x/walk', 'b/x/walk', 'c/walk']),
        (['/walk', '/a/walk'], ['/walk', 'a/walk']),
        ([], []),
    ],
)
def test_distinct_names(paths: list[str], names: list[str]) -> None:
    assert distinct_names([Path(path) for path in paths]) == names


def test_folder_names_are_safe_and_differ_by_path() -> None:
    names = [
        folder_name(Path(p))
        for p in ('/a/walk', '/b/walk', '/a/wälk <1>/', '/a/' + 200 * 'x', '/')
    ]
    assert len(set(names)) == len(names)
    assert names[0].startswith('walk-')
    assert names[2].startswith('wälk_1_-')
    assert all('/' not in name and len(name) < 100 for name in names)
    assert folder_name(Path('/a/../a/walk')) == names[0]


def test_state_of_a_folder_depends_on_contents_and_names(tmp_path: Path) -> None:
    folder = tmp_path / 'bag'
    (folder / 'deep').mkdir(parents=True)
    (folder / 'deep' / 'a').write_text('one')
    (folder / 'b').write_text('two')
    state = read_state(folder)
    assert (state.bytes, state.count) == (6, 2)
    assert not has_changed(folder, state)
    os.utime(folder / 'b', ns=(5, 5))
    os.utime(folder / 'deep' / 'a', ns=(5, 5))
    assert not has_changed(folder, state), 'touched files have the same contents'
    (folder / 'b').rename(folder / 'c')
    assert has_changed(folder, state)
    (folder / 'c').rename(folder / 'b')
    (folder / 'b').write_text('owt')
    assert has_changed(folder, state)
    with pytest.raises(FileNotFoundError, match='nowhere'):
        read_state(tmp_path / 'nowhere')


def test_sent_folder_is_the_same(tmp_path: Path) -> None:
    folder = tmp_path / 'bag'
    (folder / 'deep').mkdir(parents=True)
    (folder / 'deep' / 'a').write_text('one')
    copy = pack(folder).unpack(tmp_path / 'copy')
    assert copy == tmp_path / 'copy' / 'bag'
    assert read_state(copy) == read_state(folder)
    file = pack(folder / 'deep' / 'a').unpack(tmp_path / 'copy')
    assert file.read_text() == 'one'
    with pytest.raises(ValueError, match='leads out of its folder'):
        PackedFile('bag', {'../../x': (b'', 0)}).unpack(tmp_path / 'copy')


def test_memory_notes() -> None:
    assert memory_note(2, GB, 8 * GB) == (
        'memory: 2 workers need about 1.0 GB each, 8.0 GB are free'
    )
    note = memory_note(10, GB, 8 * GB)
    assert note.endswith('8.0 GB are free: they will not fit, use 8 instead')
    assert memory_note(1, 9 * GB, 8 * GB).endswith('use 1 instead')
    assert memory_note(1, GB, None) == 'memory: 1 worker needs about 1.0 GB'
    free = free_memory()
    assert free is None or 0 < free < 10**14


def test_environments() -> None:
    environment = describe_environment(3)
    assert environment['threads'] == '3'
    assert environment['numpy'][0].isdecimal()
    assert differences([environment, environment]) == []
    other = {**environment, 'cpu': 'other'}
    assert differences([environment, other, other]) == [
        f'cpu differs: {environment["cpu"]} (1 inputs), other (2 inputs)'
    ]
