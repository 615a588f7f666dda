# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Conversion of Detection2DArray and TrackArray messages to MOTChallenge rows and back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from fairmot_ros.boxes import cxcywh_to_xywh, xywh_to_cxcywh
from fairmot_ros.evaluation.bags.bag import Bag
from fairmot_ros.evaluation.bags.errors import BagError
from fairmot_ros.evaluation.bags.message_types import DETECTIONS, TRACKS
from fairmot_ros.evaluation.bags.writer import BagWriter
from fairmot_ros.evaluation.mot.classes import CLASS_NAMES, CLASS_NUMBERS
from fairmot_ros.evaluation.mot.text_format import CLASS, HEIGHT, ID, LEFT, MARK, MotArray
from fairmot_ros.files.errors import reading

PERSON = 'person'  # label of boxes of benchmarks without classes
_TRACKED = 1  # constant of Track.msg


@dataclass(frozen=True, eq=False)
class BoxTable:
    """Boxes of a topic.

    Attributes:
        stamps: int64 [M], stamp of each message in nanoseconds.
        message: int64 [N], index of the message of each box.
        ids: int64 [N].
        boxes: float64 [N, 4], left, top, width, height in pixels.
        scores: float64 [N].
        labels: str [N], names of the classes.
        names: original ids by `ids`, if they are no numbers.
    """

    stamps: NDArray[np.int64]
    message: NDArray[np.int64]
    ids: NDArray[np.int64]
    boxes: NDArray[np.float64]
    scores: NDArray[np.float64]
    labels: NDArray[np.str_]
    names: dict[int, str]

    def rows(self, numbers: NDArray[np.int64]) -> tuple[MotArray, NDArray[np.str_]]:
        """Return MOTChallenge rows with ten columns, and the label of each row.

        The class is that of MOT16 to MOT20 with the name of the label, or -1.

        Args:
            numbers: [M], frame number of each message; boxes of frame 0 are omitted.
        """
        rows = np.full((len(self.ids), 10), -1.0)
        if len(rows):
            rows[:, 0] = numbers[self.message]
            rows[:, ID] = self.ids
            rows[:, LEFT : HEIGHT + 1] = self.boxes
            rows[:, MARK] = self.scores
            rows[:, CLASS] = [CLASS_NUMBERS.get(label, -1) for label in self.labels.tolist()]
        kept = rows[:, 0] > 0
        return rows[kept], self.labels[kept]


def read_boxes(bag: Bag, topic: str) -> BoxTable:
    """Read a topic of Detection2DArray or TrackArray messages; of tracks, only TRACKED ones.

    Raises:
        BagError: if a message cannot be read.
    """
    with reading(f'{bag.path}: the boxes on {topic} cannot be read', BagError):
        return _read_boxes(bag, topic)


def _read_boxes(bag: Bag, topic: str) -> BoxTable:
    split = _split_tracks if bag.topics[topic].type == TRACKS else _split_detections
    stamps: list[int] = []
    message: list[int] = []
    cells: list[tuple[str, Any, float, str]] = []
    progress = tqdm(
        bag.messages([topic]),
        desc=f'reading {topic}',
        total=bag.topics[topic].messages,
        unit='message',
        leave=False,
    )
    for record in progress:
        array = bag.decode(record)
        stamp = array.header.stamp
        found = split(array)
        message += [len(stamps)] * len(found)
        stamps.append(stamp.sec * 1_000_000_000 + stamp.nanosec or record.time)
        cells += found
    ids, names = _ids_as_numbers([name for name, *_ in cells])
    return BoxTable(
        np.array(stamps, np.int64),
        np.array(message, np.int64),
        ids,
        cxcywh_to_xywh(
            np.array([_cxcywh(box) for _, box, *_ in cells], np.float64).reshape(-1, 4)
        ),
        np.array([score for *_, score, _ in cells], np.float64),
        np.array([label for *_, label in cells], dtype=np.str_),
        names,
    )


def _split_detections(array: Any) -> list[tuple[str, Any, float, str]]:
    """Return id, box, score and label of each detection, from its best hypothesis."""
    found = []
    for detection in array.detections:
        hypotheses = [result.hypothesis for result in detection.results]
        best = max(hypotheses, key=lambda hypothesis: hypothesis.score, default=None)
        score, label = (best.score, best.class_id) if best is not None else (1.0, '')
        found.append((detection.id, detection.bbox, score, label))
    return found


def _split_tracks(array: Any) -> list[tuple[str, Any, float, str]]:
    return [
        (str(t.track_id), t.bbox, t.score, t.class_id) for t in array.tracks if t.state == _TRACKED
    ]


def _cxcywh(box: Any) -> tuple[float, float, float, float]:
    centre = box.center.position
    return (centre.x, centre.y, box.size_x, box.size_y)


def _ids_as_numbers(names: list[str]) -> tuple[NDArray[np.int64], dict[int, str]]:
    """Convert ids to numbers; if any is no number, number all by their first appearance.

    Returns:
        The numbers [N], and the original ids by number if they were no numbers.
    """
    if all(name.isdecimal() and len(name) < 16 for name in names):
        return np.array([int(name) for name in names], np.int64), {}
    numbers = {name: number for number, name in enumerate(dict.fromkeys(names), 1)}
    ids = np.array([numbers[name] for name in names], np.int64)
    return ids, {number: name for name, number in numbers.items()}


class BoxMaker:
    """Creates messages with boxes."""

    def __init__(self, writer: BagWriter) -> None:
        """Use the message types of a writer."""
        self._make = writer.make

    def header(self, stamp: int, frame_id: str) -> Any:
        """Return a header with a stamp in nanoseconds."""
        seconds, nanoseconds = divmod(stamp, 1_000_000_000)
        time = self._make('builtin_interfaces/msg/Time', sec=seconds, nanosec=nanoseconds)
        return self._make('std_msgs/msg/Header', stamp=time, frame_id=frame_id)

    def detections(self, rows: MotArray, header: Any) -> Any:
        """Return MOTChallenge rows of one frame as Detection2DArray; marks become scores."""
        found = [self._detection(row, header) for row in rows.astype(np.float64)]
        return self._make(DETECTIONS, header=header, detections=found)

    def _detection(self, row: NDArray[np.float64], header: Any) -> Any:
        x, y, width, height = xywh_to_cxcywh(row[LEFT : HEIGHT + 1]).tolist()
        position = self._make('vision_msgs/msg/Point2D', x=x, y=y)
        centre = self._make('vision_msgs/msg/Pose2D', position=position, theta=0.0)
        number = int(row[CLASS]) if len(row) > CLASS else -1
        hypothesis = self._make(
            'vision_msgs/msg/ObjectHypothesis',
            class_id=CLASS_NAMES.get(number, PERSON),
            score=float(row[MARK]),
        )
        return self._make(
            'vision_msgs/msg/Detection2D',
            header=header,
            results=[
                self._make(
                    'vision_msgs/msg/ObjectHypothesisWithPose',
                    hypothesis=hypothesis,
                    pose=self._no_pose(),
                )
            ],
            bbox=self._make(
                'vision_msgs/msg/BoundingBox2D', center=centre, size_x=width, size_y=height
            ),
            id=str(int(row[ID])),
        )

    def _no_pose(self) -> Any:
        point = self._make('geometry_msgs/msg/Point', x=0.0, y=0.0, z=0.0)
        turn = self._make('geometry_msgs/msg/Quaternion', x=0.0, y=0.0, z=0.0, w=1.0)
        pose = self._make('geometry_msgs/msg/Pose', position=point, orientation=turn)
        return self._make(
            'geometry_msgs/msg/PoseWithCovariance', pose=pose, covariance=np.zeros(36)
        )
