# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Options of composed samples: the section `composer` of a training file."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ComposerOptions:
    """Options of composed samples.

    Attributes:
        width: width of a sample in pixels.
        height: height of a sample in pixels.
        person_height: range of the height of people in pixels.
        background_share: share of the samples that start from an image without people.
        max_pasted: maximum number of people pasted into such a sample.
        paste_on_people: probability of pasting one to three people into a sample that starts from
            an image with people.
        max_distractors: a distractor is pasted with probability `max_distractors / 12` before each
            pasted person and once at the end.
        hard_distractors: also paste sign posts and silhouettes as distractors, and cast shadows
            below pasted people.
        min_visible: people with a smaller visible share lose their label.
        mosaic_share: share of the samples starting from people that are a grid of windows.
    """

    width: int = 320
    height: int = 256
    person_height: tuple[float, float] = (26.0, 180.0)
    background_share: float = 0.5
    max_pasted: int = 9
    paste_on_people: float = 0.3
    max_distractors: int = 4
    hard_distractors: bool = False
    min_visible: float = 0.3
    mosaic_share: float = 0.0
