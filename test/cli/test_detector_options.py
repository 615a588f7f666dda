# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0

from __future__ import annotations

import argparse

import pytest

from fairmot_ros.cli.detector_options import NAMES, add_detector_options
from fairmot_ros.detector.settings import DetectorSettings


def test_defaults_are_those_of_the_settings() -> None:
    parser = argparse.ArgumentParser()
    add_detector_options(parser, *NAMES)
    expected = {name: getattr(DetectorSettings(), name) for name in NAMES}
    assert vars(parser.parse_args([])) == expected


def test_values_are_parsed() -> None:
    parser = argparse.ArgumentParser()
    add_detector_options(parser, *NAMES)
    given = ['--input-size', '320x256', '--engine', 'torch', '--deterministic', '--device', 'cpu']
    options = parser.parse_args(given)
    assert (options.input_size, options.engine) == ((320, 256), 'torch')
    assert options.deterministic is True


def test_unset_options_leave_the_value_to_a_configuration() -> None:
    parser = argparse.ArgumentParser()
    add_detector_options(parser, 'device', 'deterministic', unset=True)
    assert set(vars(parser.parse_args([])).values()) == {None}


@pytest.mark.parametrize(
    ('arguments', 'message'),
    [
        (['--engine', 'tensorrt'], 'invalid choice'),
        (['--input-size', '640'], 'expected WIDTHxHEIGHT'),
    ],
)
def test_wrong_values_are_reported_with_the_expected_ones(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    parser = argparse.ArgumentParser()
    add_detector_options(parser, *NAMES)
    with pytest.raises(SystemExit, match='2'):
        parser.parse_args(arguments)
    assert message in capsys.readouterr().err
