# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""The pictures in the documents: successes and failures, and the demo's clips with tracks."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from benchmarks.error_images import error_sheets
from benchmarks.figures.markers import REPOSITORY
from benchmarks.figures.measured import Measured
from benchmarks.sequences import INDOOR, Image
from fairmot_ros.cli.shipped_clips import INDOOR as INDOOR_CLIP
from fairmot_ros.cli.shipped_clips import PEDESTRIANS
from fairmot_ros.media.drawing import Annotator
from fairmot_ros.media.video_source import VideoSource
from fairmot_ros.pipeline import FairMOT
from fairmot_ros.tracker import Tracker

ERRORS = REPOSITORY / 'docs' / 'default_model.jpg'
DEMO = REPOSITORY / 'docs' / 'demo.jpg'
#: TUD-Campus is left out: its footage may not be redistributed.
OUTDOORS = ('PETS09-S2L1',)
SHOWN_FRAMES = {PEDESTRIANS: 60, INDOOR_CLIP: 120}
DEMO_HEIGHT = 405
JPEG = (cv2.IMWRITE_JPEG_QUALITY, 82)


def pictures(measured: Measured) -> dict[Path, Image]:
    """Return all pictures by the file they belong into."""
    return {ERRORS: errors(measured), DEMO: demo(measured.model)}


def errors(measured: Measured) -> Image:
    """Return usual frames above those with the most errors, outdoors and then indoors."""
    rows = []
    for names in (OUTDOORS, INDOOR):
        results = {name: measured.results[name] for name in names}
        sheets = error_sheets(
            {name: result.sequence for name, result in results.items()},
            {name: result.boxes_by_frame() for name, result in results.items()},
        )
        rows += [sheets['usual'], sheets['worst']]
    return np.vstack(rows)


def demo(model: FairMOT) -> Image:
    """Return a frame of each shipped clip with its tracks, side by side."""
    frames = []
    for clip, shown in SHOWN_FRAMES.items():
        source, annotator = VideoSource(clip), Annotator()
        tracker = Tracker(model.tracker.config)
        for number, image in enumerate(source, 1):
            stamp = number / source.frame_rate
            tracks = tracker.update(model.detector(image), stamp, image)
            annotator.add_positions(tracks, stamp)
            if number == shown:
                drawn = annotator.draw(image, tracks, source.frame_rate)
                width = round(drawn.shape[1] * DEMO_HEIGHT / drawn.shape[0])
                frames.append(
                    cv2.resize(drawn, (width, DEMO_HEIGHT), interpolation=cv2.INTER_AREA)
                )
                break
    return np.hstack(frames)


def write(images: dict[Path, Image]) -> None:
    """Write the pictures as JPEG."""
    for path, image in images.items():
        cv2.imwrite(str(path), image, JPEG)
