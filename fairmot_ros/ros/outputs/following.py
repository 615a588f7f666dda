# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Output of the followed person: `~/follow_state` and `~/follow_pose`."""

from __future__ import annotations

import threading

import numpy as np
from geometry_msgs.msg import Point, PoseStamped
from rclpy.node import Node
from std_msgs.msg import Header

from fairmot_ros.following import (
    Follower,
    FollowFrame,
    FollowState,
    FollowStatus,
    Target,
    TargetKind,
)
from fairmot_ros.msg import FollowState as FollowStateMessage
from fairmot_ros.ros.conversions.tracks import duration
from fairmot_ros.ros.outputs.base import FrameResult, Output
from fairmot_ros.ros.processing.person_locator import PersonLocator

#: Seconds after which a person who is not found is reported in the log.
REPORT_AFTER = 1.0


class FollowOutput(Output):
    """Follows a person in one camera; the pose is published only while the state is FOUND.

    Attributes:
        track_ids: of the visible tracks in the last frame, replaced as a whole; for services.
    """

    stage = 'follow'
    logs_warning = True

    def __init__(self, node: Node, camera: str, locator: PersonLocator | None) -> None:
        """Create the publishers; `locator` has located the people of each frame before."""
        super().__init__(node, camera)
        self.track_ids: frozenset[int] = frozenset()
        self._camera = camera
        self._locator = locator
        self._state = self._create_publisher(FollowStateMessage, 'follow_state')
        self._pose = self._create_publisher(PoseStamped, 'follow_pose') if locator else None
        self._follower = Follower()
        self._restart = threading.Event()
        self._reported = FollowState.FOUND

    def restart(self) -> None:
        """Choose the person anew in the next frame, also if `follow` is the same; thread-safe."""
        self._restart.set()

    def reset(self) -> None:
        """Recognise the person by appearance: all tracks were dropped."""
        self.track_ids = frozenset()
        self._follower.reset()

    def close(self) -> None:
        """Forget the person, and destroy the publishers."""
        self._follower.follow(Target())
        super().close()

    def publish(self, result: FrameResult) -> None:
        """Publish the state and, while the person is found, the pose."""
        self.track_ids = frozenset(result.visible.ids.tolist())
        settings, follower = result.parameters.following, self._follower
        follower.settings = settings
        target = settings.target.in_camera(self._camera)
        was_following = follower.target.kind is not TargetKind.NONE
        if target != follower.target or self._restart.is_set():
            self._restart.clear()
            self._reported = FollowState.FOUND
            follower.follow(target)
        if target.kind is TargetKind.NONE:
            self.warning, self.values = '', {}
            if was_following:
                self._publish_state(FollowStatus(), '', result)
            return
        frame = FollowFrame(
            result.stamp,
            result.visible,
            result.lost,
            result.detections,
            self._distances(),
            {i: result.converter.name_of(i) for i in result.visible.ids.tolist()},
            result.converter.model,
        )
        status = follower.update(frame, result.gallery)
        self._publish_state(status, target.text, result)
        self._report(status, target.text, result)
        if status.state is FollowState.FOUND:
            self._publish_pose(status, result)

    def _publish_state(self, status: FollowStatus, target: str, result: FrameResult) -> None:
        self._state.publish(
            FollowStateMessage(
                header=result.header,
                state=int(status.state),
                target=target,
                id=result.converter.id_of(status.track_id) if status.track_id else '',
                name=status.name,
                reason=status.reason,
                time_since_found=duration(status.time_since_found),
            )
        )

    def _publish_pose(self, status: FollowStatus, result: FrameResult) -> None:
        located = None if self._locator is None else self._locator.located
        if located is None or self._pose is None:
            return
        for person in located.people:
            if person.track.track_id == status.track_id:
                pose = PoseStamped(
                    header=Header(stamp=result.header.stamp, frame_id=located.frame_id)
                )
                pose.pose.position = Point(**dict(zip('xyz', person.position.tolist())))
                self._pose.publish(pose)

    def _distances(self) -> dict[int, float]:
        """Return the metres between the camera and each located person."""
        located = None if self._locator is None else self._locator.located
        if located is None or located.camera is None:
            return {}
        return {
            person.track.track_id: float(np.linalg.norm(person.position - located.camera))
            for person in located.people
        }

    def _report(self, status: FollowStatus, target: str, result: FrameResult) -> None:
        """Log that the person cannot be chosen, is lost or not certain, once each time."""
        logger = self._node.get_logger()
        warning = f'no person is followed (follow: {target}): {status.problem}'
        warning = warning if status.problem else ''
        if warning and warning != self.warning:
            logger.warning(warning)
        self.warning = warning
        id_ = result.converter.id_of(status.track_id) if status.track_id else ''
        state = status.state.name.lower()
        self.values = {'follow': ' '.join(filter(None, (f'{target}:', state, id_)))}
        if status.state is FollowState.FOUND and self._reported is not FollowState.FOUND:
            logger.info(f'the followed person is found again, as {id_}: {status.reason}')
        elif status.time_since_found < REPORT_AFTER or status.state is self._reported:
            return
        elif status.state is FollowState.LOST:
            logger.warning(f'the followed person is lost: {status.reason}')
        elif status.state is FollowState.UNSURE:
            logger.warning(
                f'it is not certain that {id_} is the followed person, so no pose is published: '
                f'{status.reason}'
            )
        self._reported = status.state
