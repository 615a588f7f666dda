# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""fairmot-track --refine on the clip in the package."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

import fairmot_ros
from fairmot_ros.cli import track
from fairmot_ros.evaluation import read_mot

CLIP = Path(fairmot_ros.__file__).parent / 'data' / 'pedestrians.mp4'


def test_refined_tracks_are_written_beside_the_results(tmp_path: Path) -> None:
    size, part = ['--input-size', '320x256'], ['--seconds', '4', '--mot']
    options = [*size, *part, '--refine', '--output', str(tmp_path)]
    assert track.main([str(CLIP), *options]) == 0
    folder = tmp_path / 'pedestrians'
    results, refined = (read_mot(folder / name) for name in ('results.txt', 'refined.txt'))
    assert len(refined) >= len(results) > 0
    assert set(refined[:, 1]) <= set(results[:, 1])
    keys = refined[:, :2]
    assert len(np.unique(keys, axis=0)) == len(keys)
    summary = json.loads((folder / 'summary.json').read_text())
    assert 'refined.txt' in summary['files']
    assert any('refined.txt uses later frames' in note for note in summary['notes'])


@pytest.mark.parametrize(
    ('arguments', 'reason'),
    [
        (['--no-files', '--show', '--refine'], '--no-files contradicts the files asked for'),
        (['--refine-setting', 'x=1'], "'x' is no setting of the refinement"),
    ],
)
def test_mistakes_are_one_sentence(
    arguments: list[str], reason: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert track.main([str(CLIP), *arguments]) == 2
    assert reason in capsys.readouterr().err.strip().splitlines()[-1]
