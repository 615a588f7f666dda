"""Re-identification after long absence: embeddings of past and enrolled identities."""

from __future__ import annotations

from fairmot_ros.tracker.gallery.gallery import Gallery, GalleryConfig, Match

__all__ = ['Gallery', 'GalleryConfig', 'Match']
