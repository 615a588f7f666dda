# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""From an image to detections: letterbox, network, decoding, back to image pixels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fairmot_ros.detector.detector import Detector

__all__ = ['Detector']


def __getattr__(name: str) -> Any:
    """Import the detector, and with it torch, when it is first used: its settings need neither."""
    if name == 'Detector':
        from fairmot_ros.detector.detector import Detector

        return Detector
    raise AttributeError(f'module {__name__!r} has no attribute {name!r}')
