# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Positions of the tracks of one camera in metres, and the camera motion from tf."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from rclpy.node import Node
from std_msgs.msg import Header

from fairmot_ros.pixels import ImageError
from fairmot_ros.ros.conversions.times import to_seconds
from fairmot_ros.ros.inputs.spatial_inputs import SpatialInputs
from fairmot_ros.ros.inputs.transform_sources import transforms_of
from fairmot_ros.ros.inputs.transforms import TransformSource
from fairmot_ros.ros.parameters import TrackingParameters
from fairmot_ros.ros.parameters.settings import PositionSettings
from fairmot_ros.spatial.camera_view import CameraView
from fairmot_ros.spatial.camera_warp import CameraWarps
from fairmot_ros.spatial.geometry import Positions, locate_by_depth, locate_on_ground
from fairmot_ros.spatial.located import LocatedPeople, LocatedPerson
from fairmot_ros.spatial.people_filter import PeopleFilter
from fairmot_ros.spatial.transforms import Transform, TransformError
from fairmot_ros.spatial.uncertainty import covariances_by_depth, covariances_on_ground
from fairmot_ros.types import Tracks

Array = NDArray[np.float64]
Shape = tuple[int, ...]


class PersonLocator:
    """Locates the people of one camera.

    The worker calls `camera_motion`, `locate` and `forget`, the node's thread the rest while the
    worker is idle.

    Attributes:
        warning: why positions or the camera's motion are not known in the last frame, or ''.
        located: the people of the last frame, None before.
    """

    def __init__(self, node: Node, prefix: str, parameters: TrackingParameters) -> None:
        """Prepare the inputs; `prefix` is '<camera>/' or ''.

        Raises:
            ValueError: if a setting needs a package that is not installed, or is not a topic.
        """
        settings = parameters.positions
        self.warning = ''
        self.located: LocatedPeople | None = None
        self._motion_warning = ''
        self._inputs = SpatialInputs(
            node,
            prefix,
            depth=settings.position_source == 'depth',
            camera_info_topic=settings.camera_info_topic,
        )
        uses_tf = settings.target_frame or settings.camera_motion_frame
        self._transforms: TransformSource | None = (
            transforms_of(node, settings) if uses_tf else None
        )
        self._active = False
        self._settings = settings
        self._filter = PeopleFilter()
        self._warps = CameraWarps()

    def activate(self) -> None:
        """Subscribe to calibration, depth images and transforms.

        Raises:
            ValueError: if a `qos_overrides` parameter has an unknown value.
        """
        self._inputs.activate()
        if self._transforms is not None and not self._active:
            self._transforms.subscribe()
        self._active = True

    def refresh(self) -> None:
        """Adapt the reliability of the subscriptions to the present publishers."""
        self._inputs.follow_publishers()
        if self._transforms is not None:
            self._transforms.refresh()

    def deactivate(self) -> None:
        """Unsubscribe."""
        self._inputs.deactivate()
        if self._transforms is not None and self._active:
            self._transforms.unsubscribe()
        self._active = False

    def forget(self) -> None:
        """Drop all people: their tracks were dropped."""
        self._filter.reset()
        self._warps.reset()

    def camera_motion(self, header: Header, shape: Shape | None) -> Array | None:
        """Return how the camera's motion moved the image since the last frame, [2, 3].

        Called once for each frame, before it is tracked.

        Args:
            header: of the frame.
            shape: (height, width) of the image, None if unknown.

        Returns:
            None if the motion is disabled or unknown.
        """
        frame = self._settings.camera_motion_frame
        self._motion_warning = ''
        self.located = None
        if not frame:
            return None
        try:
            camera = self._inputs.camera(shape)
            return self._warps.advance(camera, self._pose(frame, header))
        except (ImageError, TransformError) as error:
            self._motion_warning = f'the motion of the camera is not known: {error}'
            return self._warps.advance(None, None)

    def locate(
        self,
        header: Header,
        stamp: float,
        shape: Shape | None,
        visible: Tracks,
        lost: Tracks,
        settings: PositionSettings,
    ) -> LocatedPeople:
        """Return the positions of the people in a frame; people without a position are omitted.

        Args:
            header: of the frame.
            stamp: of the frame, seconds, always increasing.
            shape: (height, width) of the image, None if unknown.
            visible: tracks seen in the frame.
            lost: tracks that were not.
            settings: current values.
        """
        self.located = self._locate(header, stamp, shape, visible, lost, settings)
        return self.located

    def _locate(
        self,
        header: Header,
        stamp: float,
        shape: Shape | None,
        visible: Tracks,
        lost: Tracks,
        settings: PositionSettings,
    ) -> LocatedPeople:
        self._settings, self.warning = settings, self._motion_warning
        found, covariances = self._measure(header, shape, visible)
        if not settings.target_frame:
            self._warps.note(visible.boxes_xyxy, found.centres[:, 2])
            return _unfiltered(header, visible, found, covariances)
        pose = None
        try:
            pose = self._pose(settings.target_frame, header)
        except TransformError as error:
            self.warning = f'positions are predicted, not measured: {error}'
        people = self._filter.update(
            stamp, visible, lost, found.centres, covariances, found.sizes, pose
        )
        if pose is not None and people:
            positions = pose.inverse().apply([person.position for person in people])
            self._warps.note([person.track.box_xyxy for person in people], positions[:, 2])
        else:
            self._warps.note(visible.boxes_xyxy, np.full(len(visible), np.nan))
        camera = None if pose is None else pose.translation
        upright = settings.target_frame != header.frame_id.lstrip('/')
        return LocatedPeople(
            settings.target_frame, upright, camera, tuple(people), self._view(shape, pose)
        )

    def _view(self, shape: Shape | None, pose: Transform | None) -> CameraView | None:
        try:
            return None if pose is None else CameraView(self._inputs.camera(shape), pose)
        except ImageError:  # reported by `_measure`
            return None

    def _measure(
        self, header: Header, shape: Shape | None, visible: Tracks
    ) -> tuple[Positions, Array]:
        """Return positions in the frame of the camera, and their covariances."""
        settings, boxes = self._settings, visible.boxes_xyxy
        try:
            camera = self._inputs.camera(shape)
            if settings.position_source == 'ground':
                height, pitch = settings.camera_height, settings.camera_pitch
                found = locate_on_ground(camera, boxes, height, pitch, settings.max_range)
                return found, covariances_on_ground(
                    camera, boxes, visible.covariances, height, pitch
                )
            depth = self._inputs.depth_images.at(
                to_seconds(header.stamp),
                settings.depth_tolerance,
                (camera.height, camera.width),
                header.frame_id,
            )
            found = locate_by_depth(camera, depth, boxes)
            return found, covariances_by_depth(
                camera, found, boxes, visible.covariances, settings.depth_noise
            )
        except ImageError as error:
            self.warning = str(error)
        count = len(visible)
        unknown = Positions(np.full((count, 3), np.nan), np.full((count, 2), np.nan))
        return unknown, np.full((count, 3, 3), np.nan)

    def _pose(self, frame: str, header: Header) -> Transform:
        """Return the transform from the frame of the camera to another one."""
        source = header.frame_id.lstrip('/')
        if not source:
            raise TransformError('the images have no frame_id: set it in the camera driver')
        if source == frame or self._transforms is None:
            return Transform.identity()
        timeout = self._settings.transform_timeout
        return self._transforms.lookup(frame, source, header.stamp, timeout)


def _unfiltered(
    header: Header, visible: Tracks, found: Positions, covariances: Array
) -> LocatedPeople:
    """Return the measured positions of a frame, in the frame of the camera."""
    people = [
        LocatedPerson(track, centre, None, covariance, size, True)
        for track, centre, covariance, size, known in zip(
            visible, found.centres, covariances, found.sizes, found.known
        )
        if known
    ]
    return LocatedPeople(header.frame_id, False, np.zeros(3), tuple(people))


def make_locator(node: Node, camera: str, parameters: TrackingParameters) -> PersonLocator | None:
    """Return what locates the people of a camera, '' if it has no name; None if nothing does.

    Raises:
        ValueError: see `PersonLocator`.
    """
    if parameters.positions.position_source == 'none':
        return None
    return PersonLocator(node, f'{camera}/' if camera else '', parameters)
