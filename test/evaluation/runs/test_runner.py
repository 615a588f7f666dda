# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Evaluation plans executed from Python."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import replace
from itertools import islice
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip('rosbags', reason='needs rosbags')
from bag_cases import replace_message, storage_file

import fairmot_ros
from fairmot_ros.evaluation import EvaluationPlan, PlanError, evaluate_mot, read_mot, run
from fairmot_ros.evaluation.bags import BagError
from fairmot_ros.evaluation.bags.sequence import BagLayout, write_sequence
from fairmot_ros.evaluation.report import write_report, write_tracks
from fairmot_ros.evaluation.runs.configuration import Configuration
from fairmot_ros.evaluation.runs.limits import Limit
from fairmot_ros.evaluation.runs.offline import OfflineTracker
from fairmot_ros.evaluation.runs.recording import Recording
from fairmot_ros.evaluation.runs.run_scores import LiveStats, Mode, Run
from fairmot_ros.media.video_source import VideoSource

CLIP = Path(fairmot_ros.__file__).parent / 'data' / 'pedestrians.mp4'
FRAMES = 4
SMALL = {'input_width': 320, 'input_height': 256}
TRUTH = np.array([[f, 1, 300, 200, 40, 80, 1] for f in range(1, FRAMES + 1)], float)


@pytest.fixture(scope='module')
def bag(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp('runner') / 'walk'
    images = list(islice(VideoSource(CLIP), FRAMES))
    write_sequence(path, images, 7.0, TRUTH, BagLayout(image_format='jpeg'))
    return path


@pytest.fixture(scope='module')
def plan(bag: Path) -> EvaluationPlan:
    return EvaluationPlan([bag], [Configuration('small', SMALL)], interpolate=1.0)


def test_scores_equal_those_of_evaluate_mot(plan: EvaluationPlan, tmp_path: Path) -> None:
    opened: list[Recording] = []
    evaluation = run(plan, opened=opened.append)
    assert [r.name for r in opened] == ['walk']
    assert [g.mode.slug for g in evaluation.groups()] == ['offline', 'offline-filled']
    assert evaluation.kept, 'there is no limit'
    written = write_report(evaluation, tmp_path / 'out')
    assert [p.name for p in written] == ['report.html', 'report.json', 'results']
    rows = read_mot(tmp_path / 'out' / 'results' / 'walk.small.offline.txt')
    np.testing.assert_allclose(rows, evaluation.scored_runs[0].run.rows, atol=1e-5)
    metrics = evaluation.scored_runs[0].metrics
    assert metrics is not None
    assert metrics.summary() == evaluate_mot({'walk': (TRUTH, rows)}, 'MOT15')['walk']


def test_live_runs_use_the_given_function(plan: EvaluationPlan) -> None:
    """A function replaces the node here; test/system tests the node itself."""

    def track_quickly(
        configuration: Configuration, recording: Recording, rate: float, model: str, runtime: str
    ) -> Run:
        found = OfflineTracker(configuration).track(recording)
        stats = LiveStats(FRAMES, rate, np.full(FRAMES, 0.05))
        assert (found.model, found.runtime) == (model, runtime)
        return replace(found, mode=Mode(rate), live=stats)

    limits = [Limit('latency_p95_ms', 60.0, False), Limit('latency_max_ms', 40.0, False)]
    evaluation = run(
        replace(plan, offline=False, interpolate=0.0, rates=[7.0], limits=limits), track_quickly
    )
    assert [g.mode.slug for g in evaluation.groups()] == ['live-7hz']
    assert [outcome.kept for outcome in evaluation.outcomes] == [True, False]
    assert not evaluation.kept


def test_rates_without_a_live_runner_raise(plan: EvaluationPlan) -> None:
    with pytest.raises(PlanError, match='rates needs the argument `live`'):
        run(replace(plan, rates=[7.0]))


def test_bags_of_the_same_name_raise(plan: EvaluationPlan, bag: Path) -> None:
    with pytest.raises(PlanError, match="two bags are called 'walk'"):
        run(replace(plan, bags=[bag, bag]))


@pytest.mark.parametrize(
    ('name', 'reason'),
    [('dropped', 'needs a live run: give rates'), ('HOTA', 'needs ground truth')],
)
def test_limits_that_cannot_be_checked_raise(
    name: str, reason: str, plan: EvaluationPlan, tmp_path: Path
) -> None:
    unlabelled = tmp_path / 'unlabelled'
    write_sequence(unlabelled, list(islice(VideoSource(CLIP), 2)), 7.0)
    with pytest.raises(PlanError, match=reason):
        run(replace(plan, bags=[unlabelled], limits=[Limit(name, 0.5, True)]))


def truncated_images_bag(path: Path, *numbers: int) -> Path:
    """Write a bag in which some images are truncated after their header."""
    images = list(islice(VideoSource(CLIP), FRAMES))
    layout = BagLayout(image_format='jpeg', storage='sqlite3')
    write_sequence(path, images, 7.0, TRUTH, layout)
    for number in numbers:
        with sqlite3.connect(storage_file(path)) as connection:
            (data,) = connection.execute(
                f'SELECT data FROM messages ORDER BY id LIMIT 1 OFFSET {2 * number - 2}'
            ).fetchone()
        connection.close()
        replace_message(path, number, data[:100] + bytes(len(data) - 100))
    return path


def test_undecodable_image_is_skipped_with_a_note(plan: EvaluationPlan, tmp_path: Path) -> None:
    bag = truncated_images_bag(tmp_path / 'damaged', 2)
    evaluation = run(replace(plan, bags=[bag]))
    offline, filled = (scored.run for scored in evaluation.scored_runs)
    assert offline.processed.tolist() == [True, False, True, True]
    (note,) = offline.notes
    assert note.startswith('1 of 4 images cannot be decoded and are skipped, the first is image 2')
    assert filled.notes == offline.notes
    write_report(evaluation, tmp_path / 'out')
    data = json.loads((tmp_path / 'out/report.json').read_text())
    assert data['runs'][0]['notes'] == [note]
    assert note[:40] in (tmp_path / 'out/report.html').read_text()


def test_finished_runs_are_reported_before_a_later_failure(
    plan: EvaluationPlan, bag: Path, tmp_path: Path
) -> None:
    damaged = truncated_images_bag(tmp_path / 'damaged', *range(1, FRAMES + 1))
    tracked: list[Run] = []
    with pytest.raises(BagError, match='damaged, an image on /image/compressed'):
        run(replace(plan, bags=[bag, damaged], interpolate=0.0), tracked=tracked.append)
    assert [r.name for r in tracked] == ['walk.small.offline']
    path = write_tracks(tracked[0], tmp_path)
    assert path == tmp_path / 'results/walk.small.offline.txt'
    np.testing.assert_array_equal(read_mot(path), tracked[0].rows)
