"""Each way in which no input comes gets a sentence that says what to do."""

import pytest

from fairmot_ros.ros.silence import COMPRESSED, RAW, Publisher, Wanted, explain_silence


@pytest.mark.parametrize(
    ('wanted', 'publishers', 'graph', 'words'),
    [
        (Wanted('/image', RAW), [], {}, 'nobody publishes /image, nor any other topic'),
        (Wanted('/image', RAW), [], {'/cam/image_raw': [RAW]}, '-r image:=/cam/image_raw'),
        (
            Wanted('/image', RAW),
            [],
            {'/image/compressed': [COMPRESSED]},
            '/image/compressed is there: set the parameter `image_transport` to compressed',
        ),
        (
            Wanted('/image/compressed', COMPRESSED),
            [],
            {'/image': [RAW]},
            '/image is there: set the parameter `image_transport` to raw',
        ),
        (
            Wanted('/image/compressed', COMPRESSED),
            [],
            {'/cam/compressed': [COMPRESSED]},
            '-r image:=/cam`',
        ),
        (
            Wanted('/image', RAW),
            [Publisher('/camera', COMPRESSED)],
            {},
            '/image is published by /camera as sensor_msgs/msg/CompressedImage, but',
        ),
        (
            Wanted('/image', RAW),
            [Publisher('/camera', 'std_msgs/msg/String')],
            {},
            'remap to a topic of the right type',
        ),
        (
            Wanted('/image', RAW, reliable=True),
            [Publisher('/camera', RAW, reliable=False)],
            {},
            'best effort by /camera, but reliable was asked for: set the parameter `reliability`',
        ),
        (
            Wanted('/image', RAW, latched=True),
            [Publisher('/camera', RAW)],
            {},
            'volatile by /camera, but transient_local was asked for',
        ),
        (
            Wanted('/image', RAW),
            [Publisher('/camera', RAW, reliable=False)],
            {},
            '/camera publishes /image, but nothing arrives',
        ),
    ],
)
def test_the_reason_is_named(wanted: Wanted, publishers: list, graph: dict, words: str) -> None:
    text = explain_silence(wanted, publishers, graph)
    assert words in text
    assert '\n' not in text
