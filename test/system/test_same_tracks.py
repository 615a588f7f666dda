# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Node, offline evaluation and Python API give the same tracks for an irregular stream."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip('rclpy', reason='needs ROS 2')
pytest.importorskip('rosbags', reason='needs rosbags')
from peers import NodeStarter, Peer
from rclpy.time import Time
from vision_msgs.msg import Detection2DArray

from fairmot_ros.evaluation.bags import BagWriter
from fairmot_ros.evaluation.bags.message_types import IMAGE
from fairmot_ros.evaluation.mot.text_format import FRAME, ID, WIDTH
from fairmot_ros.evaluation.runs.configuration import Configuration
from fairmot_ros.evaluation.runs.offline import OfflineTracker
from fairmot_ros.evaluation.runs.recording import TruthSource, open_recording
from fairmot_ros.pipeline import FairMOT

SETTINGS = {'input_width': 320, 'input_height': 256}
#: Stamps with a repetition, a frame out of order, a gap, and a jump back.
STAMPS = [1.0, 1.2, 1.2, 1.5, 1.4, 1.6, 9.0, 9.2, 9.4, 9.6, 2.0, 2.2]
SMALL = range(8, 12)  # indices of the frames with half the size

Tracks = dict[float, list[tuple[int, int]]]  # by stamp: ids and widths of the boxes


@pytest.fixture(scope='module')
def stream(images: list[np.ndarray]) -> list[tuple[float, np.ndarray]]:
    frames = [images[i % len(images)] for i in range(len(STAMPS))]
    return [
        (stamp, np.ascontiguousarray(image[::2, ::2]) if i in SMALL else image)
        for i, (stamp, image) in enumerate(zip(STAMPS, frames, strict=True))
    ]


def through_api(stream: list[tuple[float, np.ndarray]]) -> Tracks:
    fairmot = FairMOT(input_size=(320, 256))
    found: Tracks = {}
    for stamp, image in stream:
        tracks = [(t.track_id, round(t.box_xywh[2])) for t in fairmot(image, stamp)]
        found.setdefault(stamp, sorted(tracks))
    return found


def through_evaluation(stream: list[tuple[float, np.ndarray]], folder: Path) -> Tracks:
    with BagWriter(folder / 'odd') as bag:
        bag.add_topic('/image', IMAGE)
        for i, (stamp, image) in enumerate(stream):
            nanoseconds = round(stamp * 1e9)
            stamped = bag.make(
                'builtin_interfaces/msg/Time',
                sec=nanoseconds // 10**9,
                nanosec=nanoseconds % 10**9,
            )
            header = bag.make('std_msgs/msg/Header', stamp=stamped, frame_id='eye')
            message = bag.make(
                IMAGE,
                header=header,
                height=image.shape[0],
                width=image.shape[1],
                encoding='bgr8',
                is_bigendian=0,
                step=3 * image.shape[1],
                data=image.reshape(-1),
            )
            bag.write('/image', 10**9 + i, message)
    recording = open_recording(folder / 'odd', None, TruthSource())
    run = OfflineTracker(Configuration('odd', SETTINGS)).track(recording)
    found: Tracks = {}
    for number, stamp in enumerate(recording.frames.stamps.tolist(), 1):
        rows = run.rows[run.rows[:, FRAME] == number]
        found[round(stamp * 1e-9, 6)] = sorted((int(r[ID]), round(r[WIDTH])) for r in rows)
    return found


def through_node(stream: list[tuple[float, np.ndarray]], peer: Peer, start: NodeStarter) -> Tracks:
    from fairmot_ros.msg import Timing

    start('nodes.fairmot_node', SETTINGS)
    results = peer.subscribe(Detection2DArray, 'fairmot/detections')
    timing = peer.subscribe(Timing, 'fairmot/timing')
    for i, (stamp, image) in enumerate(stream, 1):
        peer.send_image(image, stamp)
        peer.wait(
            lambda done=i: timing and timing[-1].processed + timing[-1].skipped == done,
            f'frame {i} to be processed or skipped',
        )
    assert timing[-1].skipped == 2
    return {
        round(Time.from_msg(array.header.stamp).nanoseconds * 1e-9, 6): sorted(
            (int(d.id), round(d.bbox.size_x)) for d in array.detections
        )
        for array in results
    }


def test_node_evaluation_and_api_agree(
    stream: list[tuple[float, np.ndarray]], peer: Peer, start: NodeStarter, tmp_path: Path
) -> None:
    expected = through_api(stream)
    assert {i for i, _ in expected[1.0]} & {i for i, _ in expected[1.6]}, 'ids are kept'
    for before, after in ((1.6, 9.0), (9.2, 9.4), (9.6, 2.0)):
        assert expected[after], 'people are tracked'
        assert min(expected[after]) > max(expected[before]), 'tracks are dropped, ids continue'

    offline = through_evaluation(stream, tmp_path)
    assert offline == expected
    skipped = 1.4  # a node publishes nothing for a skipped frame
    assert through_node(stream, peer, start) == {s: t for s, t in expected.items() if s != skipped}
