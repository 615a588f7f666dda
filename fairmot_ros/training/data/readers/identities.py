# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Numbering of the identities of a dataset."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from fairmot_ros.training.data.labelled_image import LabelledImage


def count_identities(images: Sequence[LabelledImage]) -> int:
    """Return the number of identity classes: the largest identity + 1, as in FairMOT's code."""
    return max((int(image.identities.max(initial=-1)) for image in images), default=-1) + 1


def renumber_identities(images: Sequence[LabelledImage]) -> list[LabelledImage]:
    """Return the images with identities numbered consecutively from 0; -1 stays."""
    identities = [image.identities for image in images] or [np.zeros(0, np.int64)]
    known = np.unique(np.concatenate(identities))
    known = known[known >= 0]
    return [
        replace(
            image,
            identities=np.where(
                image.identities >= 0, np.searchsorted(known, image.identities), -1
            ),
        )
        for image in images
    ]
