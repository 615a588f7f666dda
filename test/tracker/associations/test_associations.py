"""The protocol of associations, with one that is as simple as possible."""

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


class NewestOnly(Association):
    """Each detection is a new track, which ends with the frame."""

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
            raise ValueError('an unlucky threshold')

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
        found = detections[detections.scores > self._threshold]
        state = np.zeros((5, 4, len(found)))
        state[0] = found.boxes_xyxy.T
        self._table = TrackTable.spawned(
            state,
            class_ids=found.class_ids,
            scores=found.scores,
            embeddings=np.zeros((len(found), 0), np.float32),
            first_id=first_id,
            now=self.now,
            confirmed=np.ones(len(found), np.bool_),
        )
        return len(found)

    @property
    def visible(self) -> Indices:
        return np.arange(len(self._table))

    @property
    def lost(self) -> Indices:
        return np.arange(0)

    @property
    def tentative(self) -> Indices:
        return np.arange(0)


def test_a_new_association_takes_a_class_and_a_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(ASSOCIATIONS, 'newest', NewestOnly)
    tracker = Tracker(TrackerConfig(association='newest'))
    detections = Detections([[0, 0, 9, 9], [20, 0, 29, 9]], [0.9, 0.3])
    assert tracker.update(detections).ids.tolist() == [1]
    tracker.reconfigure(TrackerConfig(association='newest', score_threshold=0.2))
    assert tracker.update(detections).ids.tolist() == [2, 3]
    assert len(tracker.lost) == len(tracker.tentative) == 0
    with pytest.raises(ValueError, match='unlucky'):
        TrackerConfig(association='newest', score_threshold=0.13)


@pytest.mark.parametrize('name', ASSOCIATIONS)
def test_associations_are_chosen_by_name(name: str) -> None:
    config = TrackerConfig().with_association(AssociationSettings(name))
    assert config.association == name
    detections = Detections([[0, 0, 9, 9]], [0.9], [[0.6, 0.8]])
    assert Tracker(config).update(detections, 1.0).ids.tolist() == [1]


@pytest.mark.parametrize('name', REFERENCE_VARIANTS)
def test_the_reference_by_name_is_the_reference(name: str) -> None:
    config = TrackerConfig().with_association(AssociationSettings(name, 10.0, 20.0))
    assert config == TrackerConfig.reference(10, 20, variant=name)


def test_unknown_associations_are_named() -> None:
    with pytest.raises(ValueError, match='association must be one of default, .* got .sort.'):
        TrackerConfig(association='sort')
