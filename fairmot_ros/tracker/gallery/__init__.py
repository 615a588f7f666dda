# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Re-identification after long absence: embeddings of ended and enrolled identities."""

from __future__ import annotations

from fairmot_ros.tracker.gallery.config import GalleryConfig
from fairmot_ros.tracker.gallery.gallery import Gallery
from fairmot_ros.tracker.gallery.identity_store import Match

__all__ = ['Gallery', 'GalleryConfig', 'Match']
