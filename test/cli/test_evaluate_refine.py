# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""fairmot-evaluate --refine on a bag in which people are hidden for a while."""

from __future__ import annotations

import json
from itertools import islice
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip('rosbags', reason='needs rosbags')
import fairmot_ros
from fairmot_ros.cli import evaluate
from fairmot_ros.evaluation import evaluate_mot, read_mot, write_mot
from fairmot_ros.evaluation.bags.sequence import BagLayout, write_sequence
from fairmot_ros.media.video_source import VideoSource

CLIP = Path(fairmot_ros.__file__).parent / 'data' / 'pedestrians.mp4'
FRAMES, RATE, HIDDEN = 20, 7.0, range(8, 13)
PARAMETERS = 'input_width: 320\ninput_height: 256\nlost_timeout: 0.2\n'


@pytest.fixture(scope='module')
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Output of an evaluation; the camera is covered in some frames, so that tracks end."""
    folder = tmp_path_factory.mktemp('refine')
    images = list(islice(VideoSource(CLIP), FRAMES))
    for frame in HIDDEN:
        images[frame - 1] = np.zeros_like(images[0])
    write_mot(folder / 'gt.txt', [[f, 1, 300, 200, 40, 80, 1] for f in range(1, FRAMES + 1)])
    write_sequence(
        folder / 'walk', images, RATE, read_mot(folder / 'gt.txt'), BagLayout(image_format='png')
    )
    (folder / 'small.yaml').write_text(PARAMETERS)
    arguments = [folder / 'walk', '--config', folder / 'small.yaml', '--output', folder / 'out']
    settings = ['--refine-setting', 'max_fill_gap=2', 'smoothing=0.1']
    assert evaluate.main([*map(str, arguments), '--refine', *settings]) == 0
    return folder


def test_tracks_continue_behind_the_gap(folder: Path) -> None:
    offline = read_mot(folder / 'out/results/walk.small.offline.txt')
    refined = read_mot(folder / 'out/results/walk.small.offline-refined.txt')

    def ids(rows: np.ndarray, frames: range) -> set[float]:
        return set(rows[np.isin(rows[:, 0], frames), 1].tolist())

    before, after = range(1, HIDDEN.start), range(HIDDEN.stop, FRAMES + 1)
    assert not ids(offline, before) & ids(offline, after), 'the tracker alone drops all tracks'
    assert ids(refined, before) & ids(refined, after)
    assert not ids(offline, HIDDEN)
    assert ids(refined, HIDDEN)
    assert len(np.unique(refined[:, 1])) < len(np.unique(offline[:, 1]))


def test_results_are_marked_as_using_later_frames(folder: Path) -> None:
    data = json.loads((folder / 'out/report.json').read_text())
    marks = [(run['refined'], run['uses_later_frames']) for run in data['runs']]
    assert marks == [(False, False), (True, True)]
    assert data['runs'][1]['notes'][-1].startswith('refined with later frames: ')
    page = (folder / 'out/report.html').read_text()
    assert 'offline, refined with later frames' in page
    assert 'not possible on a robot' in page


def test_the_report_shows_the_gain(folder: Path) -> None:
    data = json.loads((folder / 'out/report.json').read_text())
    rows = read_mot(folder / 'out/results/walk.small.offline-refined.txt')
    expected = evaluate_mot({'walk': (folder / 'gt.txt', rows)}, 'MOT15')['walk']
    assert data['runs'][1]['metrics'] == pytest.approx(expected, abs=1e-9)
    assert 'class="difference' in (folder / 'out/report.html').read_text()


@pytest.mark.parametrize(
    ('arguments', 'reason'),
    [
        (['--refine', '--no-offline', '--rate', '7'], '--refine needs an offline run'),
        (['--refine-setting', 'gap=2'], "'gap' is no setting of the refinement: max_link_gap"),
        (['--refine-setting', 'smoothing'], 'expected NAME=VALUE, such as max_link_gap=4'),
        (['--refine-setting', 'smoothing=-1'], 'smoothing must be within 0..10 seconds, got -1'),
    ],
)
def test_mistakes_are_reported_in_one_line(
    arguments: list[str], reason: str, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    assert evaluate.main([str(tmp_path / 'bag'), *arguments]) == 2
    error = capsys.readouterr().err.strip().splitlines()
    assert len(error) == 1
    assert reason in error[0]
