# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Decision, frame by frame, which track is the followed person.

While the track of the person is uninterrupted, alone and looks alike, it is the person, and new
views are learned: so a person may turn round. A crossing, a gap or an unexpected look ends that
certainty. From then on every track that may be the person is compared, over several frames, with
the views of the person and of the people seen beside. Tracks that were visible beside the person,
and have not been near since, are someone else.
"""

from __future__ import annotations

import math
from collections.abc import Collection

import numpy as np
from numpy.typing import NDArray

from fairmot_ros.following.evidence import (
    MARGIN,
    NOVELTY,
    PLAUSIBLE,
    RATIO,
    Continuity,
    Evidence,
    Likeness,
)
from fairmot_ros.following.known_views import FOLLOWED, KnownViews
from fairmot_ros.following.observations import FollowFrame, Observation, observe
from fairmot_ros.following.settings import FollowSettings
from fairmot_ros.following.status import FollowState, FollowStatus
from fairmot_ros.following.target import Target, TargetKind
from fairmot_ros.tracker.gallery import Gallery

#: Seconds for which a track that is alone may be invisible and still continue.
MAX_GAP = 0.5
#: Seconds after the choice of a person in which any change of appearance is accepted, until a gap.
LEARNING_SECONDS = 1.0
#: Seconds after another person was near in which a track can pass to that person. Without others
#: nearby, the appearance may change at once, for instance where the image cuts off the body.
#: Between two frames within the second number of seconds, a track cannot pass to another person.
COMPANY_SECONDS, ALONE_INTERVAL = 1.0, 0.2
#: Seconds after which a track that returns under its id is judged like any other.
RELATED_SECONDS = 2.0

#: Why no person can be chosen at the moment, although nothing is wrong.
NONE_VISIBLE, OCCLUDED = 'no person is visible', 'the person to follow is occluded'
NO_EMBEDDINGS = 'the detections have no embeddings to recognise the person by'


class Follower:
    """Follows one person in the tracks of one camera.

    Attributes:
        settings: used from the next frame on; a change of `follow` there has no effect.
    """

    def __init__(self, settings: FollowSettings | None = None) -> None:
        """Start without a person to follow."""
        self.settings = settings or FollowSettings()
        self._views = KnownViews()
        self._model = ''
        self.follow(Target())

    def follow(self, target: Target) -> None:
        """Follow someone from the next frame on, and forget the person followed before."""
        self.target = target
        self._views.clear()
        self._is_known = False  # whether the person has been chosen
        self._is_certain = False  # whether `_track_id` is the person
        self._track_id = 0
        self._class_id = 0
        self._last_visible = self._last_found = 0.0
        self._learning_until = -math.inf
        self._last_company = -math.inf  # when someone else was near, or may have been
        self._continuity = Continuity()
        self._was_found = False
        self._unsure_reason = ''
        self._others: set[int] = set()  # ids that are certainly someone else
        self._related: dict[int, float] = {}  # ids the person may have now, and when last seen
        self._evidence: dict[int, Evidence] = {}

    def reset(self) -> None:
        """Recognise the person by appearance in the next frames: all tracks were dropped."""
        self._others.clear()
        self._related.clear()
        self._evidence.clear()
        self._is_certain, self._unsure_reason = False, 'all tracks were dropped'

    def update(self, frame: FollowFrame, gallery: Gallery | None = None) -> FollowStatus:
        """Return where the person is in a frame.

        Args:
            frame: the next one.
            gallery: of enrolled people, to follow one by name.
        """
        if self.target.kind is TargetKind.NONE:
            return FollowStatus()
        if frame.model != self._model:
            self._views.clear()
            self._model = frame.model
        seen = observe(frame)
        if self.target.kind is TargetKind.NAME and self._is_known:
            if gallery is None or self.target.text not in gallery.names:
                self.follow(self.target)  # the person was forgotten: keep nothing of them
        if not self._is_known:
            reason = self._choose(frame, seen, gallery)
            if reason:
                problem = '' if reason in (NONE_VISIBLE, OCCLUDED) else reason
                return FollowStatus(FollowState.LOST, reason=reason, problem=problem)
        if self._is_certain:
            self._continue(frame, seen)
        if self._is_certain and self._track_id in seen:
            return self._found(frame)
        if self._is_certain:
            return self._status(frame, FollowState.LOST, self._track_id, 'not visible')
        return self._identify(frame, seen)

    # -- choice of the person ------------------------------------------------------------------

    def _choose(
        self, frame: FollowFrame, seen: dict[int, Observation], gallery: Gallery | None
    ) -> str:
        """Choose the person; return why that is not possible yet, '' if it is."""
        target = self.target
        problem = target.problem(seen, None if gallery is None else gallery.names)
        if problem:
            return problem
        if target.kind is TargetKind.NAME and gallery is not None:
            self._choose_by_name(frame, seen, gallery)
            return ''
        if target.kind is TargetKind.ID:
            return self._choose_track(seen[target.track_id], frame)
        if not seen:
            return NONE_VISIBLE
        located = [track_id for track_id in seen if track_id in frame.distances]
        if not located:
            return 'no visible person has a position: set position_source to depth or ground'
        nearest = min(located, key=lambda track_id: frame.distances[track_id])
        return self._choose_track(seen[nearest], frame)

    def _choose_track(self, observation: Observation, frame: FollowFrame) -> str:
        has_embeddings = frame.detections is not None and frame.detections.embeddings is not None
        if has_embeddings and observation.embedding is None:
            return OCCLUDED
        self._start(observation, frame.stamp)
        return ''

    def _choose_by_name(
        self, frame: FollowFrame, seen: dict[int, Observation], gallery: Gallery
    ) -> None:
        name = self.target.text
        for view in gallery.enrolled():
            if view.name == name:
                self._views.add(FOLLOWED, view.embedding, 0.0, -math.inf)
                self._is_known, self._class_id = True, view.class_id
        self._unsure_reason = 'no visible person resembles the followed one'
        for track_id, observation in seen.items():
            if frame.names.get(track_id) == name:
                self._start(observation, frame.stamp)

    def _start(self, observation: Observation, stamp: float) -> None:
        """Set the track of the followed person; the state is FOUND."""
        self._is_known = self._is_certain = True
        self._track_id, self._class_id = observation.track_id, observation.class_id
        self._continuity = Continuity()
        self._others.discard(observation.track_id)
        self._related.clear()
        self._evidence.clear()
        self._last_visible = stamp
        if not self._was_found:
            self._learning_until = stamp + LEARNING_SECONDS
        if observation.embedding is not None and not self._views.has_followed:
            self._views.add(FOLLOWED, observation.embedding, 0.0, stamp)

    # -- while it is certain -------------------------------------------------------------------

    def _continue(self, frame: FollowFrame, seen: dict[int, Observation]) -> None:
        """Learn from the frame, or become unsure."""
        person = seen.get(self._track_id)
        if person is None:
            self._continue_unseen(frame, seen)
            return
        doubt, near = self._reason_against(person, seen, frame.stamp)
        if doubt:
            self._become_unsure(doubt, near, frame.stamp)
            return
        self._last_visible = frame.stamp
        self._learn(person, seen, frame.stamp)

    def _reason_against(
        self, person: Observation, seen: dict[int, Observation], stamp: float
    ) -> tuple[str, frozenset[int]]:
        """Return why a continued track may be someone else, '' if not, and who it may be."""
        near, embedding = person.crossing, person.embedding
        if person.has_neighbour or stamp - self._last_visible > ALONE_INTERVAL:
            self._last_company = stamp
        if person.is_covered or (near and embedding is None):
            return 'crossed by another person', near
        if embedding is None or not self._views.has_followed:
            return '', near
        is_learning = stamp < self._learning_until
        if near and not is_learning:
            likeness = self._likeness(embedding, near, self._are_known(near))
            decided = likeness.vote >= 0 if likeness.all_known else likeness.vote > 0
            return '' if decided else 'crossed by another person', near
        changed = self._continuity.changed(embedding, self.settings.follow_distance)
        if is_learning:  # people who enter change a lot
            return '', near
        if changed and stamp - self._last_company <= COMPANY_SECONDS:
            self._others.clear()  # any of the tracks may have changed
            return 'suddenly looks like someone else', near
        rivals = self._rivals(embedding, seen, stamp - LEARNING_SECONDS)
        return 'someone else looks more like the person' if rivals else '', rivals

    def _rivals(
        self, embedding: NDArray[np.float32], seen: dict[int, Observation], until: float
    ) -> frozenset[int]:
        """Return the visible tracks that resemble earlier views more than the person's track does.

        Ids pass unnoticed where two people are detected as one.
        """
        unit = self.settings.follow_distance
        own, _ = self._views.distances(embedding, (), until)
        if own <= unit or np.isinf(own):
            return frozenset()
        rivals = []
        for track_id, observation in seen.items():
            if track_id != self._track_id and observation.embedding is not None:
                distance, _ = self._views.distances(observation.embedding, (), until)
                if distance <= unit and distance <= RATIO * own:
                    rivals.append(track_id)
        for track_id in rivals:
            self._views.forget(track_id)  # they may be views of the person
        return frozenset(rivals)

    def _continue_unseen(self, frame: FollowFrame, seen: dict[int, Observation]) -> None:
        self._last_company = frame.stamp  # another person may have been near
        self._learning_until = min(self._learning_until, frame.stamp)
        near = frozenset(o.track_id for o in seen.values() if self._track_id in o.crossing)
        is_lost = self._track_id in frame.lost.ids
        if near or not is_lost or frame.stamp - self._last_visible > MAX_GAP:
            self._become_unsure('not visible', near, frame.stamp)

    def _learn(self, person: Observation, seen: dict[int, Observation], stamp: float) -> None:
        novelty = NOVELTY * self.settings.follow_distance
        if person.is_clear and person.embedding is not None:
            self._views.add(FOLLOWED, person.embedding, novelty, stamp)
        for track_id, observation in seen.items():
            # A track that overlaps the person's may be a second one of the same person.
            if track_id == person.track_id or person.track_id in observation.crossing:
                continue
            self._others.add(track_id)
            if observation.is_clear and observation.embedding is not None:
                self._views.add(track_id, observation.embedding, novelty, stamp)

    def _become_unsure(self, reason: str, near: frozenset[int], stamp: float) -> None:
        self._is_certain, self._unsure_reason = False, reason
        # What was learned just before may already be of another person.
        since = max(self._last_visible - LEARNING_SECONDS, self._learning_until)
        self._views.forget(FOLLOWED, since)
        self._related = dict.fromkeys((self._track_id, *near), stamp)
        self._others -= near
        self._evidence.clear()

    # -- while it is not -----------------------------------------------------------------------

    def _identify(self, frame: FollowFrame, seen: dict[int, Observation]) -> FollowStatus:
        """Compare all tracks that may be the person."""
        self._update_related(frame, seen)
        candidates = {
            track_id: observation
            for track_id, observation in seen.items()
            if track_id not in self._others and observation.class_id == self._class_id
        }
        self._evidence = {i: e for i, e in self._evidence.items() if i in candidates}
        for track_id, observation in candidates.items():
            evidence = self._evidence.setdefault(track_id, Evidence())
            if observation.embedding is not None:
                mean = evidence.observe(observation.embedding)
                evidence.add(
                    self._likeness(mean, *self._alternatives(track_id, seen)), frame.stamp
                )
        accepted = [i for i, evidence in self._evidence.items() if evidence.is_accepted]
        if accepted:
            return self._accept(frame, seen, accepted)
        return self._undecided(frame)

    def _update_related(self, frame: FollowFrame, seen: dict[int, Observation]) -> None:
        """Add tracks that come near, whose ids may pass to the person, and drop old ones."""
        for track_id, observation in seen.items():
            if observation.crossing & self._related.keys():
                self._related.setdefault(track_id, frame.stamp)
            if observation.crossing - self._others:
                self._others.discard(track_id)
        self._related = {
            track_id: frame.stamp if track_id in seen else last
            for track_id, last in self._related.items()
            if frame.stamp - last <= RELATED_SECONDS
        }

    def _accept(
        self, frame: FollowFrame, seen: dict[int, Observation], accepted: list[int]
    ) -> FollowStatus:
        best = min(accepted, key=lambda track_id: self._evidence[track_id].distance)
        limit = self._evidence[best].distance + MARGIN
        rivals = [
            track_id
            for track_id, evidence in self._evidence.items()
            if track_id != best and not evidence.is_rejected and evidence.distance < limit
        ]
        if rivals:
            return self._status(
                frame, FollowState.UNSURE, best, 'several people resemble the followed one'
            )
        distance = self._evidence[best].distance * self.settings.follow_distance
        self._start(seen[best], frame.stamp)
        return self._found(frame, f'recognised by appearance, distance {distance:.2f}')

    def _undecided(self, frame: FollowFrame) -> FollowStatus:
        """Return UNSURE if a visible track may be the person, otherwise LOST."""
        last = self._evidence.get(self._track_id)
        if last is not None and self._track_id in self._related and not last.is_rejected:
            doubt = (
                self._unsure_reason
                if self._views.has_followed
                else f'{self._unsure_reason}; {NO_EMBEDDINGS}'
            )
            return self._status(frame, FollowState.UNSURE, self._track_id, doubt)
        plausible = {
            track_id: evidence.distance
            for track_id, evidence in self._evidence.items()
            if evidence.distance <= PLAUSIBLE and not evidence.is_rejected
        }
        if plausible:
            best = min(plausible, key=lambda track_id: plausible[track_id])
            distance = plausible[best] * self.settings.follow_distance
            reason = f'a visible person resembles the followed one, distance {distance:.2f}'
            return self._status(frame, FollowState.UNSURE, best, reason)
        if not self._views.has_followed:
            return self._status(frame, FollowState.LOST, self._track_id, NO_EMBEDDINGS)
        reason = (
            'no visible person resembles the followed one'
            if self._evidence
            else self._unsure_reason
        )
        return self._status(frame, FollowState.LOST, self._track_id, reason)

    # ------------------------------------------------------------------------------------------

    def _alternatives(
        self, track_id: int, seen: dict[int, Observation]
    ) -> tuple[frozenset[int], bool]:
        """Return whom a track may show instead of the person, and whether these are all."""
        partners = frozenset(self._related.keys() - {self._track_id})
        if track_id in self._related and self._are_known(partners):
            return partners, True
        return frozenset(self._views.others - (self._others & seen.keys())), False

    def _likeness(
        self, embedding: NDArray[np.float32], others: Collection[int], all_known: bool
    ) -> Likeness:
        own, other = self._views.distances(embedding, others)
        unit = self.settings.follow_distance
        return Likeness(own / unit, other / unit, all_known)

    def _are_known(self, ids: frozenset[int]) -> bool:
        """Return whether there are such people, with views of all of them."""
        return bool(ids) and all(map(self._views.knows, ids))

    def _found(self, frame: FollowFrame, reason: str = '') -> FollowStatus:
        self._last_found, self._was_found = frame.stamp, True
        return self._status(frame, FollowState.FOUND, self._track_id, reason)

    def _status(
        self, frame: FollowFrame, state: FollowState, track_id: int, reason: str
    ) -> FollowStatus:
        name = frame.names.get(track_id, '') if state is FollowState.FOUND else ''
        if self.target.kind is TargetKind.NAME:
            name = self.target.text
        elapsed = frame.stamp - self._last_found if self._was_found else 0.0
        return FollowStatus(state, track_id, name, reason, elapsed)
