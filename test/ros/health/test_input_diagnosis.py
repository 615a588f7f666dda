# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Explanations of missing input: cause and remedy for each case."""

from __future__ import annotations

import pytest

from fairmot_ros.ros.health.input_diagnosis import (
    COMPRESSED,
    RAW,
    TRACKS,
    Publisher,
    SubscriptionInfo,
    explain_missing_input,
)

DETECTIONS = 'vision_msgs/msg/Detection2DArray'
IMAGE = SubscriptionInfo('/image', RAW, 'image')
AUTOMATIC = SubscriptionInfo('/image', RAW, 'image', automatic=True)
#: Topics published by one tracker of this package.
TRACKER = {
    '/other/fairmot/tracks': [TRACKS],
    '/other/fairmot/detections': [DETECTIONS],
    '/other/fairmot/image_annotated': [RAW],
    '/other/fairmot/image_annotated/compressed': [COMPRESSED],
}


@pytest.mark.parametrize(
    ('subscription', 'publishers', 'graph', 'words'),
    [
        (IMAGE, [], {}, '/image has no publisher, nor has any other topic'),
        (IMAGE, [], {'/cam/image_raw': [RAW]}, '-r image:=/cam/image_raw'),
        (
            IMAGE,
            [],
            {'/image/compressed': [COMPRESSED]},
            'but /image/compressed has: set the parameter `image_transport` to compressed',
        ),
        (
            SubscriptionInfo('/image/compressed', COMPRESSED, 'image'),
            [],
            {'/image': [RAW]},
            'but /image has: set the parameter `image_transport` to raw',
        ),
        (
            SubscriptionInfo('/image/compressed', COMPRESSED, 'image'),
            [],
            {'/cam/compressed': [COMPRESSED], '/a/compressedDepth': [COMPRESSED]},
            'type: /cam/compressed; remap with `-r image:=/cam`',
        ),
        (
            SubscriptionInfo('/robot/image_raw', RAW, 'image'),
            [],
            {'/cam/image': [RAW]},
            '-r image:=/cam/image`',
        ),
        (
            SubscriptionInfo('/front/cam/compressed', COMPRESSED, 'front/image'),
            [],
            {'/cam/compressed': [COMPRESSED]},
            '-r front/image:=/cam`',
        ),
        (
            SubscriptionInfo('/yolo', DETECTIONS, 'detections'),
            [],
            {'/yolo/detections': [DETECTIONS]},
            '-r detections:=/yolo/detections`',
        ),
        (
            IMAGE,
            [],
            {'/a/depth/image_raw': [RAW], '/z/image': [RAW]},
            'type: /z/image, /a/depth/image_raw; remap with `-r image:=/z/image`',
        ),
        (IMAGE, [], TRACKER, '/image has no publisher, nor has any other topic of type'),
        (
            SubscriptionInfo('/image/compressed', COMPRESSED, 'image'),
            [],
            TRACKER,
            'nor has any other topic of type',
        ),
        (IMAGE, [], {**TRACKER, '/cam': [RAW]}, 'topics of the same type: /cam; remap'),
        (
            SubscriptionInfo('/detections', DETECTIONS, 'detections'),
            [],
            TRACKER,
            'nor has any other topic of type',
        ),
        (
            SubscriptionInfo('/detections', TRACKS, 'detections'),
            [],
            TRACKER,
            '-r detections:=/other/fairmot/tracks`',
        ),
        (
            IMAGE,
            [Publisher('/camera', COMPRESSED)],
            {},
            '/image is published by /camera as sensor_msgs/msg/CompressedImage; expected',
        ),
        (
            SubscriptionInfo('/cam/compressed', RAW, 'image'),
            [Publisher('/camera', COMPRESSED)],
            {},
            'remap with `-r image:=/cam` and set the parameter `image_transport` to compressed',
        ),
        (
            AUTOMATIC,
            [],
            {},
            f'nor has any other topic of type {RAW} or {COMPRESSED}: start the publisher',
        ),
        (
            AUTOMATIC,
            [],
            {'/cam/compressed': [COMPRESSED], '/eye': [RAW]},
            'type: /cam/compressed, /eye; remap with `-r image:=/cam`',
        ),
        (AUTOMATIC, [], TRACKER, 'nor has any other topic of type'),
        (
            AUTOMATIC,
            [],
            {'/image/compressed': [COMPRESSED]},
            '/image has no publisher, but /image/compressed has, which will be used',
        ),
        (
            IMAGE,
            [Publisher('/camera', 'std_msgs/msg/String')],
            {},
            'remap to a topic of the right type',
        ),
        (
            SubscriptionInfo('/image', RAW, 'image', reliable=True),
            [Publisher('/camera', RAW, reliable=False)],
            {},
            'best_effort by /camera, but reliable is requested: set the parameter `reliability`',
        ),
        (
            SubscriptionInfo('/image', RAW, 'image', latched=True),
            [Publisher('/camera', RAW)],
            {},
            'volatile by /camera, but transient_local is requested',
        ),
        (
            IMAGE,
            [Publisher('/camera', RAW, reliable=False)],
            {},
            '/image is published by /camera, but no message arrives: check that it sends',
        ),
    ],
)
def test_explanation_names_cause_and_remedy(
    subscription: SubscriptionInfo, publishers: list, graph: dict, words: str
) -> None:
    text = explain_missing_input(subscription, publishers, graph)
    assert words in text
    assert '\n' not in text
    assert 'Fast DDS' not in text


@pytest.mark.parametrize(
    ('middleware', 'kind', 'named'),
    [
        ('rmw_fastrtps_cpp', RAW, True),
        ('rmw_fastrtps_dynamic_cpp', COMPRESSED, True),
        ('rmw_fastrtps_cpp', DETECTIONS, False),
        ('rmw_cyclonedds_cpp', RAW, False),
        ('rmw_zenoh_cpp', RAW, False),
    ],
)
def test_explanation_names_shared_memory_for_images_over_fast_dds_only(
    middleware: str, kind: str, named: bool
) -> None:
    text = explain_missing_input(
        SubscriptionInfo('/image', kind, 'image'), [Publisher('/camera', kind)], {}, middleware
    )
    assert ('config/fastdds.xml' in text) == named
    assert ('shared memory' in text) == named
