# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""The `fairmot` node with scripted detections instead of a network: what costs time around it."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from benchmarks.tracker_soak import stream
from fairmot_ros.pixels import MAX_IMAGE_PIXELS, Warn
from fairmot_ros.ros.conversions.images import BgrImage, to_bgr
from fairmot_ros.ros.nodes.fairmot_node import FairmotNode
from fairmot_ros.ros.nodes.tracking_node import run_tracking_node
from fairmot_ros.ros.parameters import FairmotParameters
from fairmot_ros.types import Detections

PEOPLE = 30


class ScriptedSource:
    """See `DetectionSource`: images are converted as ever, detections come from a script."""

    model = 'scripted'
    runtime = ''
    thresholds: dict[str, float] = {}  # noqa: RUF012
    labels = ('person',)

    def __init__(self) -> None:
        self._detections = stream(PEOPLE)

    def configure(self, parameters: FairmotParameters) -> None:
        """Take no parameters."""

    def read(self, message: object, warn: Warn) -> BgrImage:
        return to_bgr(message, MAX_IMAGE_PIXELS, warn)

    def detect(self, inputs: Sequence[BgrImage]) -> list[Detections]:
        return [next(self._detections) for _ in inputs]

    def image(self, value: BgrImage) -> BgrImage:
        return value

    def close(self) -> None:
        """Free nothing."""


class ScriptedNode(FairmotNode):
    """Detects `PEOPLE` walking people in every image, with embeddings."""

    def load(self) -> ScriptedSource:  # type: ignore[override]
        return ScriptedSource()


if __name__ == '__main__':
    sys.exit(run_tracking_node(ScriptedNode))
