# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0

from pathlib import Path

import pytest
import yaml

pytest.importorskip('rclpy', reason='needs ROS 2')
from fairmot_ros.detector.settings import ENGINE_NAMES, DetectorSettings
from fairmot_ros.ros.parameters import DetectionTrackerParameters, FairmotParameters
from fairmot_ros.ros.parameters.documents import FILES, as_markdown, as_yaml
from fairmot_ros.tracker import TrackerConfig

REPOSITORY = Path(__file__).resolve().parents[3]


def test_documentation_is_current() -> None:
    assert (REPOSITORY / 'docs/parameters.md').read_text() == as_markdown(), (
        'run: python -m fairmot_ros.ros.parameters > docs/parameters.md'
    )


@pytest.mark.parametrize('file', list(FILES))
def test_shipped_file_is_current(file: str) -> None:
    assert (REPOSITORY / 'config' / file).read_text() == as_yaml(*FILES[file]), (
        f'run: python -m fairmot_ros.ros.parameters {file} > config/{file}'
    )


@pytest.mark.parametrize('file', list(FILES))
def test_shipped_file_contains_the_defaults(file: str) -> None:
    kind, _ = FILES[file]
    content = yaml.safe_load((REPOSITORY / 'config' / file).read_text())
    values = content['/**']['ros__parameters']
    assert kind(**values) == kind()
    for name, known in kind.settings().items():
        expected = list if isinstance(known.default, tuple) else type(known.default)
        assert type(values[name]) is expected, name


def test_defaults_equal_those_of_the_tracker() -> None:
    assert FairmotParameters().frames().tracker == TrackerConfig()
    assert DetectionTrackerParameters().frames().tracker == TrackerConfig()


def test_given_parameters_take_precedence_over_thresholds_of_the_model() -> None:
    thresholds = {'score_threshold': 0.8, 'low_score_threshold': 0.5, 'new_track_threshold': 0.9}
    config = FairmotParameters().frames(thresholds).tracker
    assert (config.score_threshold, config.new_track_threshold) == (0.8, 0.9)
    assert config.min_score_scale == TrackerConfig().min_score_scale
    config = FairmotParameters(score_threshold=0.3).frames(thresholds).tracker
    # The low threshold of the model is lowered to the given score threshold.
    assert (config.score_threshold, config.low_score_threshold) == (0.3, 0.3)


def test_every_parameter_has_a_description() -> None:
    assert all(len(known.description) > 10 for known in FairmotParameters.settings().values())


@pytest.mark.parametrize(
    ('values', 'message'),
    [
        ({'precision': 'int2'}, "precision must be one of auto, fp32, .*got 'int2'"),
        ({'max_gap': -1.0}, r'max_gap must be within 0\.\.3600 seconds, got -1\.0'),
        ({'input_width': 640}, 'input_width and input_height must both be given'),
        ({'cameras': ('front', 'front')}, 'must be distinct'),
        ({'cameras': ('left eye',)}, 'letters, digits and _'),
        ({'cameras': None}, r'letters, digits and _, got \[\]'),
        ({'score_threshold': 0.1}, 'low_score_threshold must not be above score_threshold'),
        ({'score_threshold': -0.5}, r'score_threshold must be within 0\.\.1, got -0\.5'),
        ({'detection_threshold': 2.0}, r'detection_threshold must be within 0\.\.1, got 2\.0'),
    ],
)
def test_inconsistent_values_are_rejected(values: dict, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        FairmotParameters().changed(values)


@pytest.mark.parametrize(
    ('values', 'message'),
    [
        ({'association': 'fairmot'}, 'needs embeddings'),
        ({'gallery': True}, 'gallery needs embeddings'),
        ({'gallery': True, 'association': 'byte', 'with_embeddings': True}, 'do not use'),
    ],
)
def test_settings_that_need_embeddings_are_rejected(values: dict, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        DetectionTrackerParameters().changed(values)


def test_input_size_is_made_of_width_and_height() -> None:
    assert FairmotParameters().detector.input_size is None
    detector = FairmotParameters(input_width=640, input_height=352).detector
    assert detector.input_size == (640, 352)


def test_engine_choices_are_those_of_the_detector() -> None:
    from fairmot_ros.detector.engines import engine_names

    assert ENGINE_NAMES == engine_names()


def test_detector_settings_match_the_arguments_of_the_detector() -> None:
    from inspect import signature

    from fairmot_ros.detector import Detector

    declared = signature(Detector).parameters
    for name, value in DetectorSettings().arguments().items():
        assert declared[name].default == value, name


def test_launch_arguments_use_the_descriptions_of_the_parameters() -> None:
    from fairmot_ros.ros.launching.arguments import override_arguments

    described = {name: text for name, default, text in override_arguments() if default == ''}
    for name, text in described.items():
        assert text.startswith(FairmotParameters.settings()[name].description)
    assert described.keys() == {'image_transport', 'weights', 'device'}


@pytest.mark.parametrize(
    ('values', 'reason'),
    [
        ({'target_frame': 'map'}, 'target_frame needs a position_source'),
        ({'camera_motion_frame': 'odom'}, 'camera_motion_frame needs a position_source'),
        (
            {'position_source': 'depth', 'target_frame': '/map'},
            'must be the name of a frame, without spaces and a leading slash',
        ),
        ({'position_source': 'depth', 'target_frame': 'a map'}, 'must be the name of a frame'),
        ({'depth_noise': 0.0}, 'depth_noise must be within'),
        ({'transform_timeout': -1.0}, 'transform_timeout must be within'),
    ],
)
def test_frames_of_positions_are_checked(values: dict, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        FairmotParameters(**values)
