# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Every command says in one sentence which file does not fit on the disk, and leaves no part."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path

import full_disk_cases as cases
import pytest
from full_disk import full_disk

from fairmot_ros.files.writing import PARTIAL
from fairmot_ros.starting import ExitCode

ROOT = Path(__file__).parents[3]
#: Room on the disk, in bytes, of the commands that are tested here.
ROOM = {
    'ablation': 1000,
    'bag2mot': 10,
    'calibrate': 1000,
    'drift': 10,
    'identities': 1000,
    'import_network': 1000,
    'pack': 1000,
    'person_bank': 100,
    'score': 10,
    'similarity': 10,
    'teach': 10,
    'tune': 4000,
}
#: Tests of the other commands.
ELSEWHERE = {
    'convert': 'cli/test_full_disk.py::test_the_file_is_named_and_no_part_is_left',
    'demo': 'system/test_recorder.py::test_full_disk_is_reported_in_one_line',
    'evaluate': 'cli/test_evaluate_command.py::test_a_full_disk_is_reported_in_one_line',
    'export': 'cli/test_full_disk.py::test_the_file_is_named_and_no_part_is_left',
    'mot2bag': 'cli/test_bag_commands.py::test_a_full_disk_leaves_no_partial_bag',
    'track': 'cli/test_track_command.py::test_a_full_disk_is_one_sentence',
    'train': 'training/engine/test_trainer.py::test_a_full_disk_keeps_the_earlier_save',
}
WRITE_NOTHING = {'check'}
IN_SUITE = ('bag2mot', 'identities', 'import_network', 'pack', 'person_bank', 'teach', 'tune')


def test_every_command_is_tested() -> None:
    commands = re.findall(r"= fairmot_ros\.cli\.(\w+):main'", (ROOT / 'setup.py').read_text())
    assert sorted(commands) == sorted([*ROOM, *ELSEWHERE, *WRITE_NOTHING])
    for name in ELSEWHERE.values():
        path, _, function = name.partition('::')
        assert f'def {function}' in (ROOT / 'test' / path).read_text(), name


@pytest.mark.parametrize(
    'name', [pytest.param(n, marks=[] if n in IN_SUITE else [pytest.mark.long]) for n in ROOM]
)
def test_the_file_is_named_and_others_stay(
    name: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv('XDG_CACHE_HOME', str(tmp_path / 'cache'))
    output = tmp_path / 'out'
    output.mkdir()
    arguments = list(map(str, getattr(cases, name)(tmp_path)))
    given = Path(arguments[-1])
    if given.parent == output and given.suffix:
        given.write_bytes(b'before')
    before = {path: path.read_bytes() for path in output.rglob('*') if path.is_file()}
    main = import_module(f'fairmot_ros.cli.{name}').main
    monkeypatch.setattr('sys.argv', [f'fairmot-{name}', *arguments])
    capsys.readouterr()
    with full_disk(ROOM[name]):
        code = main() if name == 'identities' else main(arguments)
    error = capsys.readouterr().err
    assert code == ExitCode.USAGE_ERROR, error
    assert 'Traceback' not in error
    last = error.strip().splitlines()[-1]
    # SQLite writes an index of its log, also to read a store.
    where = tmp_path / 'people.db' if name == 'identities' else output
    assert re.match(rf'fairmot-[a-z0-9-]+: {where}\S* cannot be (written|read)', last), error
    left = [path for path in output.rglob('*') if PARTIAL in path.name]
    assert not left
    assert {path: path.read_bytes() for path in before} == before
