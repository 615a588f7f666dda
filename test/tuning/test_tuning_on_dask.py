# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Tuning on a real Dask cluster of two worker processes on this machine."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from dask_cluster import NEEDS_DASK, local_cluster

pytest.importorskip('distributed', reason=NEEDS_DASK)
pytest.importorskip('optuna', reason='needs optuna')
pytest.importorskip('rosbags', reason='needs rosbags')
from tuning_folders import write_folder

from fairmot_ros.cli import tune as command


@pytest.fixture(scope='module')
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with local_cluster(tmp_path_factory.mktemp('cluster')) as started:
        yield started


def test_the_cluster_changes_no_digit(cluster: Any, tmp_path: Path) -> None:
    folders = [write_folder(tmp_path / name, 2.2, seed) for seed, name in enumerate('ab')]
    common = [*map(str, folders), '--public-detections', '--trials', '4', '--output']
    assert command.main([*common, str(tmp_path / 'here')]) == 0
    address = ['--dask', cluster.scheduler_address]
    assert command.main([*common, str(tmp_path / 'there'), *address]) == 0
    here, there = (
        json.loads((tmp_path / name / 'tuning.json').read_text()) for name in ('here', 'there')
    )
    assert here == there


def test_a_cluster_that_does_not_answer_is_reported_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr('fairmot_ros.jobs.cluster.CONNECT_TIMEOUT', 1.0)
    folders = [write_folder(tmp_path / name, 0.0) for name in 'ab']
    arguments = [*map(str, folders), '--public-detections', '--output', str(tmp_path / 'out')]
    assert command.main([*arguments, '--dask', 'tcp://127.0.0.1:9']) == 2
    error = capsys.readouterr().err.strip().splitlines()[-1]
    assert error.startswith('fairmot-tune: no Dask scheduler answers at tcp://127.0.0.1:9')
