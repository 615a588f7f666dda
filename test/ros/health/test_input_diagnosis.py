"""Each reason why no input arrives gets a sentence that says what to do."""

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
#: What one tracker of this package publishes.
TRACKER = {
    '/other/fairmot/tracks': [TRACKS],
    '/other/fairmot/detections': [DETECTIONS],
    '/other/fairmot/image_annotated': [RAW],
    '/other/fairmot/image_annotated/compressed': [COMPRESSED],
}


@pytest.mark.parametrize(
    ('subscription', 'publishers', 'graph', 'words'),
    [
        (IMAGE, [], {}, 'nobody publishes /image, nor any other topic'),
        (IMAGE, [], {'/cam/image_raw': [RAW]}, '-r image:=/cam/image_raw'),
        (
            IMAGE,
            [],
            {'/image/compressed': [COMPRESSED]},
            '/image/compressed is there: set the parameter `image_transport` to compressed',
        ),
        (
            SubscriptionInfo('/image/compressed', COMPRESSED, 'image'),
            [],
            {'/image': [RAW]},
            '/image is there: set the parameter `image_transport` to raw',
        ),
        (
            SubscriptionInfo('/image/compressed', COMPRESSED, 'image'),
            [],
            {'/cam/compressed': [COMPRESSED], '/a/compressedDepth': [COMPRESSED]},
            'are /cam/compressed: remap, as with `-r image:=/cam`',
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
            'are /z/image, /a/depth/image_raw: remap, as with `-r image:=/z/image`',
        ),
        (IMAGE, [], TRACKER, 'nobody publishes /image, nor any other topic of type'),
        (
            SubscriptionInfo('/image/compressed', COMPRESSED, 'image'),
            [],
            TRACKER,
            'nor any other topic of type',
        ),
        (IMAGE, [], {**TRACKER, '/cam': [RAW]}, 'topics of its type are /cam: remap'),
        (
            SubscriptionInfo('/detections', DETECTIONS, 'detections'),
            [],
            TRACKER,
            'nor any other topic of type',
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
            '/image is published by /camera as sensor_msgs/msg/CompressedImage, but',
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
            'best effort by /camera, but reliable was asked for: set the parameter `reliability`',
        ),
        (
            SubscriptionInfo('/image', RAW, 'image', latched=True),
            [Publisher('/camera', RAW)],
            {},
            'volatile by /camera, but transient_local was asked for',
        ),
        (
            IMAGE,
            [Publisher('/camera', RAW, reliable=False)],
            {},
            '/camera publishes /image, but nothing arrives: is it sending?',
        ),
    ],
)
def test_the_reason_is_named(
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
def test_shared_memory_of_fast_dds_is_named_for_its_images_alone(
    middleware: str, kind: str, named: bool
) -> None:
    text = explain_missing_input(
        SubscriptionInfo('/image', kind, 'image'), [Publisher('/camera', kind)], {}, middleware
    )
    assert ('config/fastdds.xml' in text) == named
    assert ('shared memory' in text) == named
