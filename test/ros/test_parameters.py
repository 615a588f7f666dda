from dataclasses import fields
from pathlib import Path

import pytest
import yaml

pytest.importorskip('rclpy', reason='needs ROS 2')
from fairmot_ros.ros.parameters import (
    ENGINE_NAMES,
    DetectionTrackerParameters,
    NodeParameters,
    as_markdown,
)
from fairmot_ros.tracker import TrackerConfig

REPOSITORY = Path(__file__).resolve().parents[2]


def test_the_documentation_is_current() -> None:
    assert (REPOSITORY / 'docs/parameters.md').read_text() == as_markdown(), (
        'run: python -m fairmot_ros.ros.parameters > docs/parameters.md'
    )


@pytest.mark.parametrize(
    ('file', 'kind'),
    [
        ('fairmot.yaml', NodeParameters),
        ('detection_tracker.yaml', DetectionTrackerParameters),
    ],
)
def test_the_shipped_file_holds_the_defaults(file: str, kind: type) -> None:
    content = yaml.safe_load((REPOSITORY / 'config' / file).read_text())
    values = content['/**']['ros__parameters']
    assert kind(**values) == kind()
    for name, value in values.items():
        expected = list if name == 'cameras' else type(getattr(kind(), name))
        assert type(value) is expected, name


def test_defaults_are_those_of_the_tracker() -> None:
    assert NodeParameters().tracker_config() == TrackerConfig()
    assert DetectionTrackerParameters().tracker_config() == TrackerConfig()


def test_a_models_thresholds_hold_unless_parameters_are_given() -> None:
    thresholds = {'score_threshold': 0.8, 'low_score_threshold': 0.5, 'new_track_threshold': 0.9}
    config = NodeParameters().tracker_config(thresholds)
    assert (config.score_threshold, config.new_track_threshold) == (0.8, 0.9)
    assert config.min_score_scale == TrackerConfig().min_score_scale
    config = NodeParameters(score_threshold=0.3).tracker_config(thresholds)
    # The model's low threshold must not lie above the given one.
    assert (config.score_threshold, config.low_score_threshold) == (0.3, 0.3)


def test_everything_is_described() -> None:
    assert all(len(spec.metadata['description']) > 10 for spec in fields(NodeParameters))


@pytest.mark.parametrize(
    ('values', 'message'),
    [
        ({'precision': 'int8'}, "precision must be one of auto, fp32, fp16, bf16, got 'int8'"),
        ({'max_gap': -1.0}, r'max_gap must be within 0\.0\.\.3600\.0, got -1\.0'),
        ({'input_width': 640}, 'input_width and input_height must both be given'),
        ({'cameras': ('front', 'front')}, 'must differ'),
        ({'cameras': ('left eye',)}, 'letters, digits and _'),
        ({'cameras': None}, r'letters, digits and _, got \[\]'),
        ({'score_threshold': 0.1}, 'low_score_threshold must not be above score_threshold'),
    ],
)
def test_inconsistent_values_are_refused(values: dict, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        NodeParameters().changed(values)


@pytest.mark.parametrize(
    ('values', 'message'),
    [
        ({'association': 'fairmot'}, 'needs with_embeddings'),
        ({'gallery': True}, 'gallery needs with_embeddings'),
        ({'gallery': True, 'association': 'byte', 'with_embeddings': True}, 'does not use'),
    ],
)
def test_what_detections_alone_cannot_do_is_refused(values: dict, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        DetectionTrackerParameters().changed(values)


def test_input_size() -> None:
    assert NodeParameters().input_size is None
    assert NodeParameters(input_width=640, input_height=352).input_size == (640, 352)


def test_the_engines_are_those_of_the_detector() -> None:
    from fairmot_ros.detector.engines import engine_names

    assert ENGINE_NAMES == engine_names()
