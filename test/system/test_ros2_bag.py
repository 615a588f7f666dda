# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""`ros2 bag` with bags of this package, and `replay.launch.py`, which plays and records bags."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pytest

pytest.importorskip('rosbag2_py', reason='needs ros2bag and rosbag2_py, which are not on PyPI')
from command_line import Ros2
from peers import NodeStarter

import fairmot_ros
from fairmot_ros.evaluation.bags import Bag
from fairmot_ros.evaluation.bags.sequence import BagLayout, write_sequence
from fairmot_ros.media.video_source import VideoSource

CLIP = Path(fairmot_ros.__file__).parent / 'data' / 'pedestrians.mp4'
FRAMES = 15
RATE = 5.0


@pytest.fixture
def ros2(environment: dict[str, str], tmp_path: Path) -> Iterator[Ros2]:
    command = Ros2(environment, tmp_path)
    yield command
    command.end()


def make_bag(path: Path, **layout: str) -> Path:
    """Write the first images of the shipped clip with the bag writer of this package."""
    write_sequence(path, list(islice(VideoSource(CLIP), FRAMES)), RATE, None, BagLayout(**layout))
    return path


@pytest.mark.parametrize('storage', ['mcap', 'sqlite3'])
def test_bags_of_this_package_are_read(ros2: Ros2, tmp_path: Path, storage: str) -> None:
    info = ros2('bag', 'info', make_bag(tmp_path / 'bag', storage=storage))
    assert f'Storage id:        {storage}' in info
    assert f'Topic: /image | Type: sensor_msgs/msg/Image | Count: {FRAMES}' in info


def test_recorded_tracks_of_a_played_bag_are_read(
    ros2: Ros2, start: NodeStarter, tmp_path: Path
) -> None:
    start('nodes.fairmot_node')
    ros2(
        *('topic', 'echo', '--once', '--qos-durability', 'transient_local'),
        *('--qos-reliability', 'reliable', '/fairmot/label_info', 'vision_msgs/msg/LabelInfo'),
    )
    recorded = tmp_path / 'recorded'
    recorder = ros2.start('bag', 'record', '--output', recorded, '/fairmot/tracks')
    recorder.wait_for(lambda output: "Subscribed to topic '/fairmot/tracks'" in output)
    ros2('bag', 'play', make_bag(tmp_path / 'images'), '--delay', '2')
    assert recorder.interrupt() == 0, recorder.output
    assert tracked_frames(recorded) > FRAMES // 2


def tracked_frames(path: Path) -> int:
    """Return the number of recorded frames with tracks."""
    with Bag(path) as bag:
        return sum(bool(bag.decode(m).tracks) for m in bag.messages(['/fairmot/tracks']))


def test_replay_launch_file_tracks_and_records_a_bag(ros2: Ros2, tmp_path: Path) -> None:
    bag = make_bag(tmp_path / 'images', image_topic='/camera/image_raw')
    recorded = tmp_path / 'recorded'
    launched = ros2(
        *('launch', 'fairmot_ros', 'replay.launch.py', f'bag:={bag}', 'delay:=3.0'),
        *('image:=/camera/image_raw', f'record:={recorded}'),
    )
    assert 'Traceback' not in launched and 'process has died' not in launched
    assert tracked_frames(recorded) > FRAMES // 2
