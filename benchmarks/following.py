# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Following one person in real sequences: how often found, and whether ever someone else.

Each identity of the ground truth is followed from the first frame with a track on it to the end of
the sequence, beside what the id of that track alone would say.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Callable, Iterable
from functools import partial

import numpy as np
from tqdm import tqdm

from benchmarks.sequences import INDOOR, STREET, LabelledSequence
from fairmot_ros.boxes import iou_matrix, xywh_to_xyxy
from fairmot_ros.cli.detector_options import add_detector_options
from fairmot_ros.evaluation.mot.text_format import FRAME, HEIGHT, LEFT, MARK
from fairmot_ros.following import (
    Follower,
    FollowFrame,
    FollowSettings,
    FollowState,
    FollowStatus,
    parse_target,
)
from fairmot_ros.pipeline import FairMOT
from fairmot_ros.tracker import Tracker
from fairmot_ros.types import Detections

#: IoU from which on a track is on a person, and below which it is on none.
ON, OFF = 0.5, 0.3
IDENTITY = 1  # column of MOTChallenge rows
#: Identities of the ground truth that are one person who left and returned, seen in the images.
RETURNED = {
    'PETS09-S2L1': ((1, 19), (2, 13), (3, 11), (4, 12), (5, 9), (6, 10), (8, 14, 15, 18)),
}
Truth = dict[int, np.ndarray]  # boxes_xyxy by identity
Outcome = Counter[str]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of this part."""
    add_detector_options(parser, 'weights', 'engine', 'input_size')
    parser.add_argument(
        '--sequences',
        nargs='+',
        choices=(*STREET, *INDOOR),
        default=(*STREET, *INDOOR),
        metavar='NAME',
        help=f'of {", ".join((*STREET, *INDOOR))} (default: all)',
    )
    parser.add_argument(
        '--follow-distance',
        type=float,
        default=FollowSettings.follow_distance,
        metavar='DISTANCE',
        help='the parameter follow_distance (default: %(default)s)',
    )


def run(options: argparse.Namespace) -> None:
    """Measure and print."""
    missing = [name for name in options.sequences if not LabelledSequence.available(name)]
    if missing:
        print(f'following: no {", ".join(missing)}; set FAIRMOT_TEST_DATA to where they are')
        return
    fairmot = FairMOT(options.weights, engine=options.engine, input_size=options.input_size)
    print(f'{fairmot.detector.model_name} in {fairmot.detector.runtime}, every frame, defaults')
    print(HEAD)
    totals: dict[str, Outcome] = {}
    for name in options.sequences:
        sequence = LabelledSequence.read(name)
        images = tqdm(sequence.images(), name, sequence.info.length, leave=False)
        frames = track(sequence, ((image, fairmot.detector(image)) for image in images))
        settings = FollowSettings(follow_distance=options.follow_distance)
        for method, outcome in compare(sequence, frames, settings).items():
            print(as_row(f'{name}, {method}', outcome))
            totals.setdefault(method, Counter()).update(outcome)
    for method, outcome in totals.items():
        print(as_row(f'all, {method}', outcome))


def track(
    sequence: LabelledSequence, images: Iterable[tuple[np.ndarray | None, Detections]]
) -> list[FollowFrame]:
    """Track the detections of all images."""
    tracker, frames = Tracker(), []
    for number, (image, detections) in enumerate(images, 1):
        stamp = number / sequence.info.frame_rate
        visible = tracker.update(detections, stamp, image)
        frames.append(FollowFrame(stamp, visible, tracker.lost, detections))
    return frames


def compare(
    sequence: LabelledSequence, frames: list[FollowFrame], settings: FollowSettings
) -> dict[str, Outcome]:
    """Return what became of following every person, by the track's id and by `Follower`."""
    truths = [truth_of(sequence, number) for number in range(1, len(frames) + 1)]
    methods: dict[str, Callable[[int], Callable[[FollowFrame], FollowStatus]]] = {
        'by id': by_id,
        'followed': partial(by_follower, settings=settings),
    }
    outcomes: dict[str, Outcome] = {method: Counter() for method in methods}
    one_person = {i: group[0] for group in RETURNED.get(sequence.info.name, ()) for i in group}
    people = [{one_person.get(i, i): box for i, box in truth.items()} for truth in truths]
    for identity in sorted({identity for truth in truths for identity in truth}):
        start = first_track(frames, truths, identity)
        if start is None:
            continue
        person, first = one_person.get(identity, identity), start[0]
        for method, make in methods.items():
            follow = make(start[1])
            outcomes[method] += judge(
                map(follow, frames[first:]), frames[first:], people[first:], person
            )
    return outcomes


def by_id(track_id: int) -> Callable[[FollowFrame], FollowStatus]:
    """Follow the id of a track, whoever has it."""

    def follow(frame: FollowFrame) -> FollowStatus:
        visible = track_id in frame.visible.ids
        return FollowStatus(FollowState.FOUND if visible else FollowState.LOST, track_id)

    return follow


def by_follower(track_id: int, settings: FollowSettings) -> Callable[[FollowFrame], FollowStatus]:
    """Follow the person who has a track now."""
    follower = Follower(settings)
    follower.follow(parse_target(str(track_id)))
    return follower.update


def first_track(
    frames: list[FollowFrame], truths: list[Truth], person: int
) -> tuple[int, int] | None:
    """Return the first frame with a track on a person, and its id; None if there is none."""
    for index, (frame, truth) in enumerate(zip(frames, truths)):
        for track_id in frame.visible.ids.tolist():
            if on_whom(frame, truth, track_id) == person:
                return index, track_id
    return None


def on_whom(frame: FollowFrame, truth: Truth, track_id: int, least: float = ON) -> int | None:
    """Return the person whom a visible track covers best, None if there is none."""
    boxes = frame.visible.boxes_xyxy[frame.visible.ids == track_id]
    if not len(boxes) or not truth:
        return None
    overlaps = iou_matrix(boxes, np.array(list(truth.values())))[0]
    return list(truth)[int(overlaps.argmax())] if overlaps.max() >= least else None


def judge(
    statuses: Iterable[FollowStatus], frames: list[FollowFrame], truths: list[Truth], person: int
) -> Outcome:
    """Count frames by what was said and what was true, and the times it changed to another."""
    outcome: Outcome = Counter(people=1)
    was_wrong = False
    for status, frame, truth in zip(statuses, frames, truths):
        tracked = any(on_whom(frame, truth, i) == person for i in frame.visible.ids.tolist())
        wrong = status.state is FollowState.FOUND and is_elsewhere(frame, truth, status, person)
        outcome['swaps'] += wrong and not was_wrong
        outcome['wrong'] += wrong
        outcome['tracked'] += tracked
        outcome[status.state.name] += tracked and not wrong
        was_wrong = wrong
    return outcome


def is_elsewhere(frame: FollowFrame, truth: Truth, status: FollowStatus, person: int) -> bool:
    """Return whether a status names a track that is on someone else and not near the person."""
    if on_whom(frame, truth, status.track_id, OFF) in (None, person):
        return False
    return (
        on_whom(frame, {i: b for i, b in truth.items() if i == person}, status.track_id, OFF)
        is None
    )


def truth_of(sequence: LabelledSequence, frame: int) -> Truth:
    """Return the boxes of the judged people of a frame."""
    rows = sequence.truth[(sequence.truth[:, FRAME] == frame) & (sequence.truth[:, MARK] > 0)]
    return dict(
        zip(rows[:, IDENTITY].astype(int).tolist(), xywh_to_xyxy(rows[:, LEFT : HEIGHT + 1]))
    )


COLUMNS = ('people', 'tracked', 'FOUND', 'UNSURE', 'LOST', 'wrong', 'swaps')
HEAD = f'{"sequence, method":42}' + ''.join(f'{name.lower():>9}' for name in COLUMNS)


def as_row(name: str, outcome: Outcome) -> str:
    """Return a line of the table; states are shares of the frames with a track on the person."""
    tracked = max(outcome['tracked'], 1)
    cells = [f'{outcome[c] / tracked:9.1%}' if c.isupper() else f'{outcome[c]:9}' for c in COLUMNS]
    return f'{name:42}' + ''.join(cells)
