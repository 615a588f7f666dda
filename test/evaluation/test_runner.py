"""Evaluation from Python, without a command line."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip('rosbags', reason='needs rosbags')
import fairmot_ros
from fairmot_ros.evaluation import EvaluationPlan, PlanError, evaluate_mot, read_mot, run
from fairmot_ros.evaluation.bags.sequence import BagLayout, write_sequence
from fairmot_ros.evaluation.configuration import Configuration
from fairmot_ros.evaluation.limits import Limit
from fairmot_ros.evaluation.offline import OfflineTracker
from fairmot_ros.evaluation.recording import Recording
from fairmot_ros.evaluation.report import write_report
from fairmot_ros.evaluation.runs import LiveStats, Mode, Run
from fairmot_ros.ros.video_source import VideoSource

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


def test_scores_are_those_of_the_tracks(plan: EvaluationPlan, tmp_path: Path) -> None:
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


def test_live_runs_come_from_the_function_given(plan: EvaluationPlan) -> None:
    """The function stands for the node here; test/system has the node."""

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


def test_rates_need_a_node(plan: EvaluationPlan) -> None:
    with pytest.raises(PlanError, match='rates need a function'):
        run(replace(plan, rates=[7.0]))


def test_two_bags_of_one_name(plan: EvaluationPlan, bag: Path) -> None:
    with pytest.raises(PlanError, match="two bags are called 'walk'"):
        run(replace(plan, bags=[bag, bag]))


@pytest.mark.parametrize(
    ('name', 'reason'),
    [('dropped', 'needs a live run: give rates'), ('HOTA', 'needs ground truth')],
)
def test_limits_that_cannot_be_checked(
    name: str, reason: str, plan: EvaluationPlan, tmp_path: Path
) -> None:
    blind = tmp_path / 'blind'
    write_sequence(blind, list(islice(VideoSource(CLIP), 2)), 7.0)
    with pytest.raises(PlanError, match=reason):
        run(replace(plan, bags=[blind], limits=[Limit(name, 0.5, True)]))
