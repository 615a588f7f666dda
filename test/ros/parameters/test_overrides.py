# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0

import pytest

pytest.importorskip('rclpy', reason='needs ROS 2')
from fairmot_ros.ros.parameters.overrides import explain_unknown


def test_similar_names_are_suggested_for_unknown_parameters() -> None:
    text = explain_unknown(['fps', 'score_treshold'], ['score_threshold', 'max_gap'])
    assert text.endswith('without effect: fps, score_treshold (did you mean score_threshold?)')
