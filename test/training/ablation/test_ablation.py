# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0

import json
from pathlib import Path

import pytest

from fairmot_ros.cli import ablation
from fairmot_ros.training.ablation import read_plan
from fairmot_ros.training.ablation.harness import claim, collect
from fairmot_ros.training.config import ConfigError

PLAN = """
base:
  architecture: yolo
  network: {stem_channels: 8, head_conv: 8}
  reid_dim: 8
  input_size: [96, 64]
  sets: [{folder: sixteen}]
  epochs: 1
  batch_size: 8
  workers: 0
studies:
  stride:
    '4': {}
    '8': {network: {stride: 8}}
  weighting:
    learned: {}
    fixed: {loss: {weighting: fixed}}
seeds: [1, 2]
scoring:
  detection: {folder: twenty}
  embedding: {folder: twenty}
"""


@pytest.fixture
def plan_file(tmp_path: Path) -> Path:
    path = tmp_path / 'plan.yaml'
    path.write_text(PLAN)
    return path


def test_a_variant_changes_only_what_it_names(plan_file: Path) -> None:
    plan = read_plan(plan_file)
    configs = {f'{v.study} {v.name}': v.config(2, 'x') for v in plan.variants}
    strided = configs['stride 8']
    assert strided.network == {'stem_channels': 8, 'head_conv': 8, 'stride': 8}
    assert (strided.seed, strided.reid_dim) == (2, 8)
    assert configs['weighting fixed'].loss == {'weighting': 'fixed'}


def test_equal_variants_are_trained_once(plan_file: Path) -> None:
    runs = [(v.study, v.name, seed) for v, seed in read_plan(plan_file).runs()]
    assert runs == [
        (study, name, seed)
        for seed in (1, 2)
        for study, name in (('stride', '4'), ('stride', '8'), ('weighting', 'fixed'))
    ]


def test_the_command_trains_scores_and_resumes(
    plan_file: Path, drawn_people: Path, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    output = tmp_path / 'out'
    arguments = [str(plan_file), '--data', str(drawn_people), '--output', str(output)]
    assert ablation.main(arguments) == 0
    table = capsys.readouterr().out
    assert table.count('| 4 | 2 | ') == table.count('| learned | 2 | ') == 1
    assert '### stride' in table
    assert 'Not yet' not in table
    assert (output / 'results.png').is_file() or not _has_matplotlib()
    scores = sorted(output.glob('*/seed*/score.json'))
    assert len(scores) == 6
    result = json.loads(scores[0].read_text())
    assert (result['training_pictures'], result['detection']['pictures']) == (16, 20)
    before = {path: path.stat().st_mtime_ns for path in scores}
    scores[3].unlink()
    assert len(collect(read_plan(plan_file), output)) == 4
    assert ablation.main(arguments) == 0
    after = {path: path.stat().st_mtime_ns for path in scores}
    assert [path for path in scores if before[path] != after[path]] == [scores[3]]


def test_a_run_is_claimed_by_one_process(tmp_path: Path) -> None:
    with claim(tmp_path / 'run') as first, claim(tmp_path / 'run') as second:
        assert (first, second) == (True, False)
    with claim(tmp_path / 'run') as again:
        assert again


def _has_matplotlib() -> bool:
    try:
        import matplotlib  # noqa: F401
    except ImportError:
        return False
    return True


@pytest.mark.parametrize(
    ('old', 'new', 'message'),
    [
        ('seeds:', 'sowing:', 'expected base, scoring, seeds, studies, got base, scoring, sowing'),
        ('stride: 8', 'strode: 8', 'does not take the option strode'),
        ('weighting: fixed', 'weighting: odd', "must be one of .* got 'odd'"),
        ('  embedding: {folder: twenty}', '', "missing .* argument: 'folder'"),
        ('epochs: 1', 'epochs: none', "epochs must be an integer, got 'none'"),
    ],
)
def test_a_wrong_plan_is_reported_before_training(
    plan_file: Path, old: str, new: str, message: str
) -> None:
    plan_file.write_text(plan_file.read_text().replace(old, new))
    with pytest.raises(ConfigError, match=message):
        read_plan(plan_file)
