# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""People who walk past a camera: detections with embeddings, a real tracker, and a follower."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from fairmot_ros.boxes import iou_matrix
from fairmot_ros.following import Follower, FollowFrame, FollowState, FollowStatus, parse_target
from fairmot_ros.tracker import Tracker, TrackerConfig
from fairmot_ros.tracker.gallery import Gallery
from fairmot_ros.types import Detections, Tracks

DIMENSIONS = 64
NOISE = 0.08  # length of the random part of an embedding
SIDES = 0.5  # length of the part of an embedding that depends on the direction of the person
Path = Callable[[float], tuple[float, float] | None]


def look(seed: int, like: np.ndarray | None = None, share: float = 0.0) -> np.ndarray:
    """Return a random appearance; `share` of it is that of someone else."""
    own = np.random.default_rng(seed).normal(size=DIMENSIONS)
    own /= np.linalg.norm(own)
    return own if like is None else share * like + (1 - share) * own


@dataclass
class Person:
    """Someone with a path.

    Attributes:
        path: centre x and the lower edge of the box at a time, None where out of sight.
        appearance: [D], see `look`.
        turned: direction of the body at a time, radians.
    """

    path: Path
    appearance: np.ndarray
    turned: Callable[[float], float] = lambda _: 0.0
    height: float = 160.0

    def box(self, seconds: float) -> np.ndarray | None:
        place = self.path(seconds)
        if place is None:
            return None
        x, bottom = place
        return np.array([x - self.height / 5, bottom - self.height, x + self.height / 5, bottom])

    def embedding(self, seconds: float, random: np.random.Generator) -> np.ndarray:
        angle, sides = self.turned(seconds), np.random.default_rng(999)
        front, side = sides.normal(size=(2, DIMENSIONS)) / np.sqrt(DIMENSIONS)
        vector = self.appearance + SIDES * (np.cos(angle) * front + np.sin(angle) * side)
        noise = random.normal(size=DIMENSIONS)
        vector = vector / np.linalg.norm(vector) + NOISE * noise / np.linalg.norm(noise)
        return vector / np.linalg.norm(vector)


@dataclass
class Step:
    """One frame.

    Attributes:
        status: of the follower.
        person: index of the person under the track of `status`, None if there is none.
    """

    stamp: float
    status: FollowStatus
    person: int | None
    tracks: Tracks


@dataclass
class World:
    """A camera, a tracker and a follower.

    Attributes:
        config: of the tracker.
        embeddings: whether detections have embeddings.
        between: called with the tracks before the follower sees them; returns those to show.
    """

    people: list[Person]
    config: TrackerConfig = field(default_factory=TrackerConfig)
    embeddings: bool = True
    between: Callable[[float, Tracks], Tracks] = lambda _, tracks: tracks
    gallery: Gallery | None = None
    seed: int = 1
    rate: float = 10.0

    def __post_init__(self) -> None:
        self.follower = Follower()
        self.tracker = Tracker(self.config)
        self._random = np.random.default_rng(self.seed)

    def detect(self, stamp: float) -> Detections:
        """Return who is visible: whoever is covered by more than half is not."""
        boxes = {i: b for i, p in enumerate(self.people) if (b := p.box(stamp)) is not None}
        visible = [i for i, box in boxes.items() if not self._covered(box, boxes)]
        noisy = [boxes[i] + self._random.normal(size=4) for i in visible]
        found = [self.people[i].embedding(stamp, self._random) for i in visible]
        embeddings = np.reshape(found, (-1, DIMENSIONS)) if self.embeddings else None
        return Detections(np.reshape(noisy, (-1, 4)), [0.9] * len(visible), embeddings)

    def _covered(self, box: np.ndarray, boxes: dict[int, np.ndarray]) -> bool:
        for other in boxes.values():
            shared = np.minimum(box[2:], other[2:]) - np.maximum(box[:2], other[:2])
            if other[3] > box[3] and shared.clip(0).prod() > 0.5 * (box[2:] - box[:2]).prod():
                return True
        return False

    def run(self, seconds: float, target: str = '', start: float = 0.0) -> list[Step]:
        """Follow `target`, or whoever was followed before, for some seconds from `start` on."""
        if target:
            self.follower.follow(parse_target(target))
        steps = []
        for i in range(round(start * self.rate), round((start + seconds) * self.rate)):
            stamp = i / self.rate
            detections = self.detect(stamp)
            visible = self.between(stamp, self.tracker.update(detections, stamp))
            distances = {t.track_id: 1000.0 / t.box_xywh[3] for t in visible}
            frame = FollowFrame(
                stamp,
                visible,
                self.tracker.lost,
                detections,
                distances,
                {} if self.gallery is None else self.gallery.names_by_track(),
                'model',
            )
            status = self.follower.update(frame, self.gallery)
            steps.append(Step(stamp, status, self._person(status, visible, stamp), visible))
        return steps

    def _person(self, status: FollowStatus, visible: Tracks, stamp: float) -> int | None:
        box = visible.boxes_xyxy[visible.ids == status.track_id]
        truth = {i: b for i, p in enumerate(self.people) if (b := p.box(stamp)) is not None}
        if not len(box) or not truth:
            return None
        overlap = iou_matrix(box, np.array(list(truth.values())))[0]
        return list(truth)[int(overlap.argmax())] if overlap.max() > 0.3 else None


def found(steps: list[Step]) -> set[int | None]:
    """Return who was said to be found."""
    return {step.person for step in steps if step.status.state is FollowState.FOUND}


def states(steps: list[Step], start: float = 0.0, end: float = np.inf) -> set[str]:
    """Return the names of the states between two times."""
    return {s.status.state.name for s in steps if start <= s.stamp < end}
