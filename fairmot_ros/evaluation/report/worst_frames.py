# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Images of the frames with the most errors of a run."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from fairmot_ros.evaluation.metrics.clear import match_frames
from fairmot_ros.evaluation.metrics.preprocessing import preprocess
from fairmot_ros.evaluation.mot.text_format import FRAME, HEIGHT, ID, LEFT, MotArray
from fairmot_ros.evaluation.runs.run_scores import RunScores
from fairmot_ros.pixels import BgrImage

MAX_WIDTH = 720  # pixels
JPEG_QUALITY = 82
CORRECT, MISSED, FALSE_POSITIVE, SWITCHED = (  # BGR
    (96, 160, 0),
    (40, 40, 220),
    (0, 140, 255),
    (190, 40, 170),
)
COLOURS = tuple(  # CSS colours and their meanings
    (f'rgb({red} {green} {blue})', meaning)
    for (blue, green, red), meaning in (
        (CORRECT, 'correct'),
        (MISSED, 'missed'),
        (FALSE_POSITIVE, 'false positive'),
        (SWITCHED, 'identity switch'),
    )
)


@dataclass(frozen=True)
class WorstFrame:
    """A frame with its errors.

    Attributes:
        number: frame number.
        seconds: time since the first image.
        missed, false_positives, switched: numbers of errors.
        image: annotated image, a JPEG as a data URI.
    """

    number: int
    seconds: float
    missed: int
    false_positives: int
    switched: int
    image: str

    @property
    def text(self) -> str:
        """Time, frame number and errors."""
        errors = (
            (self.missed, 'missed'),
            (self.false_positives, 'false positive'),
            (self.switched, 'identity switch'),
        )
        return f'{self.seconds:.1f} s, frame {self.number}: ' + ', '.join(
            f'{count} {kind}' for count, kind in errors if count
        )


def worst_frames(scored: RunScores, count: int, seconds_apart: float) -> Iterator[WorstFrame]:
    """Yield the frames with the most errors, in the order of time; reads the bag again.

    Images that cannot be decoded are skipped.

    Raises:
        BagError: if the bag cannot be read.
    """
    timeline, recording = scored.timeline, scored.run.recording
    if timeline is None:
        return
    apart = max(1, round(seconds_apart * recording.frames.rate))
    numbers = frozenset(timeline.worst(count, apart))
    if not numbers:
        return
    drawings = _find_boxes(scored, numbers)
    stamps = recording.frames.stamps
    rows = {int(n): i for i, n in enumerate(timeline.numbers)}
    done = set()
    for number, image in recording.images(numbers, failed=lambda *_: None):
        if number in done:
            continue
        done.add(number)
        row = rows[number]
        yield WorstFrame(
            number,
            float(stamps[number - 1] - stamps.min()) * 1e-9,
            int(timeline.missed[row]),
            int(timeline.false_positives[row]),
            int(timeline.switched[row]),
            _as_uri(_draw(image.pixels, drawings[number])),
        )


@dataclass(frozen=True, eq=False)
class _Box:
    xywh: NDArray[np.float64]
    colour: tuple[int, int, int]
    text: str


def _find_boxes(scored: RunScores, numbers: frozenset[int]) -> dict[int, list[_Box]]:
    """Match the run again and return the boxes of some frames, correct ones first."""
    run = scored.run
    truth = run.recording.truth
    assert truth is not None
    annotated = truth.annotated
    rows, results = (
        table[annotated[table[:, FRAME].astype(int) - 1]] for table in (truth.rows, run.rows)
    )
    sequence = preprocess(rows, results, truth.benchmark)
    found: dict[int, list[_Box]] = {}
    for matches in match_frames(sequence):
        number = matches.frame.number
        if number not in numbers:
            continue
        people = _boxes_by_id(rows, number)
        tracks = _boxes_by_id(results, number)
        boxes = []
        for result_id, switched in zip(matches.result_ids.tolist(), matches.switched.tolist()):
            name = int(sequence.result_names[result_id])
            boxes.append(_Box(tracks[name], SWITCHED if switched else CORRECT, str(name)))
        for result_id in sorted(
            set(matches.frame.result_ids.tolist()) - set(matches.result_ids.tolist())
        ):
            name = int(sequence.result_names[result_id])
            boxes.append(_Box(tracks[name], FALSE_POSITIVE, str(name)))
        for gt_id in sorted(set(matches.frame.gt_ids.tolist()) - set(matches.gt_ids.tolist())):
            boxes.append(_Box(people[int(sequence.gt_names[gt_id])], MISSED, ''))
        found[number] = boxes
    return found


def _boxes_by_id(rows: MotArray, number: int) -> dict[int, NDArray[np.float64]]:
    return {int(row[ID]): row[LEFT : HEIGHT + 1] for row in rows[rows[:, FRAME] == number]}


def _draw(image: BgrImage, boxes: list[_Box]) -> BgrImage:
    height, width = image.shape[:2]
    scale = min(1.0, MAX_WIDTH / width)
    size = (round(width * scale), round(height * scale))
    canvas = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
    for box in boxes:
        left, top, box_width, box_height = box.xywh * scale
        start = round(float(left)), round(float(top))
        stop = round(float(left + box_width)), round(float(top + box_height))
        cv2.rectangle(canvas, start, stop, (255, 255, 255), 4, cv2.LINE_AA)
        cv2.rectangle(canvas, start, stop, box.colour, 2, cv2.LINE_AA)
        if box.text:
            place = (start[0] + 3, max(start[1] - 5, 12))
            for colour, thickness in (((255, 255, 255), 4), (box.colour, 1)):
                cv2.putText(
                    canvas,
                    box.text,
                    place,
                    cv2.FONT_HERSHEY_SIMPLEX,
                    0.5,
                    colour,
                    thickness,
                    cv2.LINE_AA,
                )
    return canvas


def _as_uri(image: BgrImage) -> str:
    _, data = cv2.imencode('.jpg', image, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
    return 'data:image/jpeg;base64,' + base64.b64encode(data.tobytes()).decode('ascii')
