# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Where a node takes transforms from."""

from __future__ import annotations

from weakref import WeakKeyDictionary

from rclpy.node import Node

from fairmot_ros.ros.inputs.transforms import ReceivedTransforms, TransformSource
from fairmot_ros.ros.parameters.settings import PositionSettings, parse_camera_pose

#: By node, the settings that it was made with, and the source.
_sources: WeakKeyDictionary[Node, tuple[tuple, TransformSource]] = WeakKeyDictionary()


def transforms_of(node: Node, settings: PositionSettings) -> TransformSource:
    """Return the transforms that the cameras of a node share.

    They are from odometry and tf with the setting `odometry`, otherwise from tf, by tf2_ros where
    it is installed.

    Raises:
        ValueError: if a package that is needed is not installed.
    """
    key = settings.odometry, settings.camera_pose
    if node not in _sources or _sources[node][0] != key:
        _sources[node] = key, _make(node, settings)
    return _sources[node][1]


def _make(node: Node, settings: PositionSettings) -> TransformSource:
    if settings.odometry:
        from fairmot_ros.ros.inputs.odometry import OdometryTransforms

        try:
            return OdometryTransforms(node, parse_camera_pose(settings.camera_pose))
        except ImportError as error:
            raise ValueError(
                f'odometry needs the package {error.name}: install it, or disable odometry'
            ) from None
    try:
        from fairmot_ros.ros.inputs.tf2_transforms import Tf2Transforms

        return Tf2Transforms(node)
    except ImportError:
        pass
    try:
        return ReceivedTransforms(node)
    except ImportError:
        raise ValueError(
            'target_frame needs the package tf2_ros or tf2_msgs; neither is installed'
        ) from None
