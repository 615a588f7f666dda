# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Two cameras made from one sequence: parts of its images, tracked separately."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from tqdm import tqdm

from benchmarks.recorded_detections import without_ignored
from benchmarks.sequences import Array, LabelledSequence
from fairmot_ros.boxes import clip_boxes, xywh_to_xyxy
from fairmot_ros.identities import Observation, SourceFrame
from fairmot_ros.pipeline import FairMOT
from fairmot_ros.types import Tracks

#: Shares of the image width that the two cameras see, by layout.
LAYOUTS = {
    'overlap': ((0.0, 0.6), (0.4, 1.0)),
    'no overlap': ((0.0, 0.5), (0.5, 1.0)),
    'gap': ((0.0, 0.45), (0.55, 1.0)),
}
#: Standard deviation of the feet of a box, as a share of its width and height.
FOOT_NOISE = (0.1, 0.06)
MIN_VISIBLE = 0.5  # share of a labelled box inside a part from which on it is judged


@dataclass(frozen=True)
class PartCamera:
    """A camera that sees a part of the images of a sequence.

    Attributes:
        name: source of its frames.
        left, right: columns of the image, pixels.
        ground: float64 [3, 3], maps pixels of the part to metres on the ground.
    """

    name: str
    left: int
    right: int
    ground: Array

    @staticmethod
    def of(sequence: LabelledSequence, name: str, share: tuple[float, float]) -> PartCamera:
        """Make a camera, calibrated by the world coordinates of the labels in its part."""
        left, right = (round(s * sequence.info.width) for s in share)
        rows = sequence.truth
        feet = np.column_stack((rows[:, 2] + rows[:, 4] / 2 - left, rows[:, 3] + rows[:, 5]))
        own = (feet[:, 0] >= 0) & (feet[:, 0] < right - left)
        ground, _ = cv2.findHomography(feet[own], rows[own, 7:9], cv2.LMEDS)
        return PartCamera(name, left, right, ground)

    def place(self, box_xyxy: Array) -> tuple[Array, Array]:
        """Return the position of the feet of a box in metres, and its covariance."""
        foot = np.array([(box_xyxy[0] + box_xyxy[2]) / 2, box_xyxy[3]])
        position = self._project(foot)
        sigma = np.array(FOOT_NOISE) * (box_xyxy[2:] - box_xyxy[:2])
        columns = [
            (self._project(foot + step) - position) * s for step, s in zip(np.eye(2), sigma)
        ]
        jacobian = np.column_stack(columns)
        return position, jacobian @ jacobian.T

    def truth(self, sequence: LabelledSequence) -> tuple[Array, Array]:
        """Return the MOTChallenge rows of the part that are judged, and those that are not."""
        rows = sequence.truth.copy()
        area = rows[:, 4] * rows[:, 5]
        boxes = xywh_to_xyxy(rows[:, 2:6]) - (self.left, 0, self.left, 0)
        clipped = clip_boxes(boxes, (self.right - self.left, sequence.info.height))
        rows[:, 2:4], rows[:, 4:6] = clipped[:, :2], clipped[:, 2:] - clipped[:, :2]
        visible = rows[:, 4] * rows[:, 5] / area
        judged = (visible >= MIN_VISIBLE) & (rows[:, 6] > 0)
        return rows[judged], rows[~judged & (visible > 0)]

    def _project(self, foot: Array) -> Array:
        x, y, w = self.ground @ (*foot, 1.0)
        return np.array([x / w, y / w])


def track_part(fairmot: FairMOT, sequence: LabelledSequence, camera: PartCamera) -> list[Tracks]:
    """Track the people in a part of the images; returns the tracks of each frame."""
    found = []
    images = tqdm(sequence.images(), camera.name, sequence.info.length, leave=False)
    for number, image in enumerate(images, 1):
        part = np.ascontiguousarray(image[:, camera.left : camera.right])
        found.append(fairmot(part, stamp=number / sequence.info.frame_rate))
    return found


def source_frame(
    camera: PartCamera, tracks: Tracks, stamp: float, model: str, placed: bool
) -> SourceFrame:
    """Return tracks as a source sends them."""
    seen = []
    for track in tracks:
        place = camera.place(track.box_xyxy) if placed else (None, None)
        box, age = track.box_xyxy, track.age
        seen.append(Observation(track.track_id, box, track.embedding, *place, 'person', age))
    return SourceFrame(camera.name, stamp, model, tuple(seen))


def result_rows(
    camera: PartCamera, sequence: LabelledSequence, tracks: list[Tracks], ids: list[list[int]]
) -> Array:
    """Return MOTChallenge rows of tracks with their identities.

    Identity 0 is left out, and so are further tracks with the same identity in one frame.
    """
    size = (camera.right - camera.left, sequence.info.height)
    rows = [np.zeros((0, 10))]
    for number, (frame, identities) in enumerate(zip(tracks, ids), 1):
        used = {0}
        for track, identity in zip(frame, identities):
            x0, y0, x1, y1 = clip_boxes(track.box_xyxy[None], size)[0]
            if identity not in used and x1 > x0 and y1 > y0:
                used.add(identity)
                row = (number, identity, x0, y0, x1 - x0, y1 - y0, 1, -1, -1, -1)
                rows.append(np.array([row]))
    judged, ignored = camera.truth(sequence)
    return without_ignored(np.concatenate(rows), judged, ignored)
