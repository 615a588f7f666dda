# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Registry of associations, and a minimal association added to it."""

from __future__ import annotations

import numpy as np
import pytest

from fairmot_ros.tracker import ASSOCIATIONS, REFERENCE_VARIANTS, Tracker, TrackerConfig
from fairmot_ros.tracker.associations import Association
from fairmot_ros.tracker.config import AssociationSettings
from fairmot_ros.tracker.matching.candidate_pairs import Indices
from fairmot_ros.tracker.motion.parametrizations import XywhParametrization
from fairmot_ros.tracker.table import TrackTable
from fairmot_ros.types import Detections


class NewTracksOnly(Association):
    """Association in which each detection is a new track that ends after the frame."""

    needs_stamp = False
    estimates_camera_motion = False
    requires_embeddings = False
    stores_embeddings = False
    parametrization = XywhParametrization()
    rate = 1.0
    now = 0.0

    def __init__(self, config: TrackerConfig) -> None:
        self._threshold = config.score_threshold
        self._table = TrackTable.empty()

    @property
    def table(self) -> TrackTable:
        return self._table

    @staticmethod
    def check(config: TrackerConfig) -> None:
        if config.score_threshold == 0.13:
            raise ValueError('unsupported threshold')

    @staticmethod
    def uses_embeddings(config: TrackerConfig) -> bool:
        return False

    def configure(self, config: TrackerConfig) -> None:
        self._threshold = config.score_threshold

    def step(
        self,
        detections: Detections,
        stamp: float | None,
        first_id: int,
        camera_motion: np.ndarray | None,
    ) -> int:
        self.now += 1
        chosen = detections[detections.scores > self._threshold]
        state = np.zeros((5, 4, len(chosen)))
        state[0] = chosen.boxes_xyxy.T
        self._table = TrackTable.spawned(
            state,
            class_ids=chosen.class_ids,
            scores=chosen.scores,
            embeddings=np.zeros((len(chosen), 0), np.float32),
            first_id=first_id,
            now=self.now,
            confirmed=np.ones(len(chosen), np.bool_),
        )
        return len(chosen)

    @property
    def visible(self) -> Indices:
        return np.arange(len(self._table))

    @property
    def lost(self) -> Indices:
        return np.arange(0)

    @property
    def tentative(self) -> Indices:
        return np.arange(0)


def test_association_can_be_added_to_the_registry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(ASSOCIATIONS, 'new_tracks', NewTracksOnly)
    tracker = Tracker(TrackerConfig(association='new_tracks'))
    detections = Detections([[0, 0, 9, 9], [20, 0, 29, 9]], [0.9, 0.3])
    assert tracker.update(detections).ids.tolist() == [1]
    tracker.reconfigure(TrackerConfig(association='new_tracks', score_threshold=0.2))
    assert tracker.update(detections).ids.tolist() == [2, 3]
    assert len(tracker.lost) == len(tracker.tentative) == 0
    with pytest.raises(ValueError, match='unsupported threshold'):
        TrackerConfig(association='new_tracks', score_threshold=0.13)


@pytest.mark.parametrize('name', ASSOCIATIONS)
def test_association_is_chosen_by_name(name: str) -> None:
    config = TrackerConfig().with_association(AssociationSettings(name))
    assert config.association == name
    detections = Detections([[0, 0, 9, 9]], [0.9], [[0.6, 0.8]])
    assert Tracker(config).update(detections, 1.0).ids.tolist() == [1]


@pytest.mark.parametrize('name', REFERENCE_VARIANTS)
def test_association_settings_select_the_reference(name: str) -> None:
    config = TrackerConfig().with_association(AssociationSettings(name, 10.0, 20.0))
    assert config == TrackerConfig.reference(10, 20, variant=name)


def test_unknown_association_raises() -> None:
    with pytest.raises(ValueError, match='association must be one of default, .* got .sort.'):
        TrackerConfig(association='sort')
