# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""`FrameTracker`; test/system/test_same_tracks.py compares the results of all its users."""

from __future__ import annotations

import subprocess
import sys

import pytest

from fairmot_ros.pipeline import FilterSettings, FrameSettings, FrameTracker, StampDecision
from fairmot_ros.pipeline.frame_tracker import FrameDecision
from fairmot_ros.tracker import TrackerConfig
from fairmot_ros.tracker.gallery import GalleryConfig
from fairmot_ros.types import Detections

ONE = Detections([[10, 10, 50, 110]], [0.95])


def ids(frames: FrameTracker, stamp: float, size: tuple[int, int] | None = (640, 480)) -> list:
    decision = frames.admit(stamp, size)
    if not decision.is_tracked:
        return []
    return [track.track_id for track in frames.track(ONE, stamp)]


@pytest.fixture
def frames() -> FrameTracker:
    return FrameTracker(FrameSettings(TrackerConfig(estimate_camera_motion=False)))


def test_repeated_stamp_is_skipped_with_a_reason(frames: FrameTracker) -> None:
    assert ids(frames, 1.0) == [1]
    decision = frames.admit(1.0, (640, 480))
    assert decision.action is StampDecision.SKIP
    assert decision.reason == 'the stamp 1.000 s repeats or goes back: the frame is skipped'
    assert ids(frames, 1.1) == [1]


@pytest.mark.parametrize(
    ('stamp', 'size', 'reason'),
    [
        (0.1, (640, 480), 'time jumped to 0.100 s: dropping all tracks'),
        (9.0, (640, 480), 'time jumped to 9.000 s: dropping all tracks'),
        (1.1, (320, 240), 'image size changed from 640x480 to 320x240: dropping all tracks'),
    ],
)
def test_jump_in_time_or_new_size_resets(
    frames: FrameTracker, stamp: float, size: tuple[int, int], reason: str
) -> None:
    assert ids(frames, 1.0) == [1]
    decision = frames.admit(stamp, size)
    assert (decision.action, decision.reason) == (StampDecision.RESET, reason)
    assert [t.track_id for t in frames.track(ONE, stamp)] == [2]


def test_unknown_size_does_not_reset(frames: FrameTracker) -> None:
    assert [ids(frames, 1 + i / 10, size) for i, size in enumerate([(8, 8), None, (8, 8)])] == [
        [1],
        [1],
        [1],
    ]


def test_settings_can_change_while_tracking(frames: FrameTracker) -> None:
    assert ids(frames, 1.0) == [1]
    changed = FrameSettings(frames.settings.tracker, filter=FilterSettings(min_box_area=1e6))
    frames.configure(changed)
    assert ids(frames, 1.1) == []
    frames.configure(FrameSettings(frames.settings.tracker))
    assert ids(frames, 1.2) == [1]
    with pytest.raises(ValueError, match='gallery cannot change'):
        frames.configure(FrameSettings(frames.settings.tracker, GalleryConfig()))


def test_settings_of_the_tracker_can_change_while_tracking(frames: FrameTracker) -> None:
    assert ids(frames, 1.0) == [1]
    strict = TrackerConfig(score_threshold=0.97, recover_low_scores=False, min_score_scale=1.0)
    frames.configure(FrameSettings(strict))
    assert ids(frames, 1.1) == []


def test_settings_of_the_gallery_can_change_while_tracking() -> None:
    config = TrackerConfig()
    frames = FrameTracker(FrameSettings(config, GalleryConfig()))
    changed = GalleryConfig(max_distance=0.125)
    frames.configure(FrameSettings(config, changed))
    assert frames.gallery is not None
    assert frames.gallery.config is changed


def test_lost_and_tentative_tracks_are_those_of_the_tracker(frames: FrameTracker) -> None:
    assert ids(frames, 1.0) == [1]
    frames.admit(1.1)
    assert len(frames.track(Detections([[300, 10, 340, 110]], [0.95]), 1.1)) == 0
    assert [t.track_id for t in frames.lost] == [1]
    assert [t.track_id for t in frames.tentative] == [2]


def test_gallery_without_embeddings_raises() -> None:
    with pytest.raises(ValueError, match='gallery needs embeddings'):
        FrameSettings(TrackerConfig(use_appearance=False), GalleryConfig())


def test_ids_continue_after_a_reset(frames: FrameTracker) -> None:
    assert ids(frames, 5.0) == [1]
    frames.reset()
    assert frames.admit(1.0, (640, 480)) == FrameDecision(StampDecision.TRACK)
    assert [t.track_id for t in frames.track(ONE, 1.0)] == [2]


TORCH_BLOCKED = """
import sys

class Block:
    def find_spec(self, name, path=None, target=None):
        if name.split('.')[0] == 'torch':
            raise ImportError('torch is blocked')

sys.meta_path.insert(0, Block())
"""


def run_without_torch(code: str) -> str:
    result = subprocess.run(
        [sys.executable, '-c', TORCH_BLOCKED + code], capture_output=True, text=True, timeout=120
    )
    assert result.returncode == 0, result.stderr
    return result.stdout


def test_frames_are_tracked_without_torch() -> None:
    printed = run_without_torch("""
from fairmot_ros.pipeline import FairMOT, FrameSettings, FrameTracker
from fairmot_ros.tracker import TrackerConfig
from fairmot_ros.types import Detections
frames = FrameTracker(FrameSettings(TrackerConfig()))
assert frames.admit(1.0, (640, 480)).is_tracked
print([t.track_id for t in frames.track(Detections([[10, 10, 50, 110]], [0.95]), 1.0)])
assert 'torch' not in sys.modules
""")
    assert printed.strip() == '[1]'


def test_detection_tracker_node_needs_no_torch() -> None:
    pytest.importorskip('rclpy', reason='needs ROS 2')
    run_without_torch("""
import fairmot_ros.ros.nodes.detection_tracker_node
assert 'torch' not in sys.modules
""")
