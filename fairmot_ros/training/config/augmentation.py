# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Options of the augmentation of whole images: the section `augmentation`."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class AugmentationOptions:
    """Strength of the augmentation; the defaults are FairMOT's.

    Attributes:
        hsv: maximum relative change of saturation and of value.
        rotation: maximum rotation angle in degrees.
        translation: maximum shift as a share of the image size.
        scale: range of the scale factor.
        shear: maximum shear angle in degrees.
        flip: probability of horizontal mirroring.
    """

    hsv: float = 0.5
    rotation: float = 5.0
    translation: float = 0.1
    scale: tuple[float, float] = (0.5, 1.2)
    shear: float = 2.0
    flip: float = 0.5

    @property
    def transforms(self) -> bool:
        """Whether the affine transform can differ from the identity."""
        fixed = self.rotation == self.translation == self.shear == 0
        return not (fixed and self.scale == (1.0, 1.0))
