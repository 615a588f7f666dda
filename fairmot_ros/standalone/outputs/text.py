# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Tracks as text: MOTChallenge results and JSON lines."""

from __future__ import annotations

import json

from fairmot_ros.evaluation.mot.text_format import mot_text, rows_of_tracks
from fairmot_ros.standalone.outputs.base import TextOutput, TrackedFrame

PIXEL_DIGITS, SCORE_DIGITS = 3, 4


class MotText(TextOutput):
    """MOTChallenge results, as `write_mot` writes them."""

    def text(self, frame: TrackedFrame) -> str:
        """See `TextOutput.text`."""
        return mot_text(rows_of_tracks(frame.number, frame.tracks))


class JsonLines(TextOutput):
    """One JSON object per frame, also for frames without tracks.

    Its keys are `frame`, `stamp` in seconds and `tracks`; those of a track are `id`, `class_id`,
    `score`, `box` (left, top, width, height in pixels), `velocity` of its centre (pixels per
    second) and `age` in seconds.
    """

    def text(self, frame: TrackedFrame) -> str:
        """See `TextOutput.text`."""
        tracks = [
            {
                'id': track.track_id,
                'class_id': track.class_id,
                'score': round(track.score, SCORE_DIGITS),
                'box': track.box_xywh.round(PIXEL_DIGITS).tolist(),
                'velocity': track.velocity.round(PIXEL_DIGITS).tolist(),
                'age': round(track.age, PIXEL_DIGITS),
            }
            for track in frame.tracks
        ]
        content = {'frame': frame.number, 'stamp': round(frame.stamp, 9), 'tracks': tracks}
        return json.dumps(content, allow_nan=False) + '\n'
