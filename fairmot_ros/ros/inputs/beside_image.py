# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Where the calibration of a camera is published: beside its images, as image_transport has it."""

from __future__ import annotations

from rclpy.exceptions import InvalidTopicNameException
from rclpy.node import Node
from rclpy.validate_topic_name import validate_topic_name

NAME = 'camera_info'


def camera_info_topic(node: Node, prefix: str, given: str = '') -> str:
    """Return the topic of the calibration: the given one, the remapped one, or that of the image.

    For images on `/front/color/image_raw` it is `/front/color/camera_info`.

    Args:
        node: whose remappings count.
        prefix: of the camera's topics, '<camera>/' or ''.
        given: topic to use instead; a relative name gets the prefix.

    Raises:
        ValueError: if the given topic has no valid name.
    """
    name = given or prefix + NAME
    if given and not given.startswith(('/', '~')):
        name = prefix + given
    try:
        validate_topic_name(name)
    except InvalidTopicNameException as error:
        raise ValueError(f'camera_info_topic is not a valid topic: {error}') from None
    topic = node.resolve_topic_name(name)
    if given or topic != node.resolve_topic_name(name, only_expand=True):
        return topic
    image = node.resolve_topic_name(prefix + 'image').removesuffix('/compressed')
    return f'{image.rpartition("/")[0]}/{NAME}'
