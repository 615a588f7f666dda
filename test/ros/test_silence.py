"""Each way in which no input comes gets a sentence that says what to do."""

import pytest

from fairmot_ros.ros.silence import COMPRESSED, RAW, Publisher, explain_silence


@pytest.mark.parametrize(
    ('topic', 'wanted', 'reliable', 'publishers', 'graph', 'words'),
    [
        ('/image', RAW, False, [], {}, 'nobody publishes /image, nor any other topic'),
        ('/image', RAW, False, [], {'/cam/image_raw': [RAW]}, '-r image:=/cam/image_raw'),
        ('/image', RAW, False, [], {'/image/compressed': [COMPRESSED]},
         '/image/compressed is there: set the parameter `image_transport` to compressed'),
        ('/image/compressed', COMPRESSED, False, [], {'/image': [RAW]},
         '/image is there: set the parameter `image_transport` to raw'),
        ('/image/compressed', COMPRESSED, False, [], {'/cam/compressed': [COMPRESSED]},
         '-r image:=/cam`'),
        ('/image', RAW, False, [Publisher('/camera', COMPRESSED, True)], {},
         '/image is published by /camera as sensor_msgs/msg/CompressedImage, but'),
        ('/image', RAW, False, [Publisher('/camera', 'std_msgs/msg/String', True)], {},
         'remap to a topic of the right type'),
        ('/image', RAW, True, [Publisher('/camera', RAW, False)], {},
         'best effort by /camera, but reliable was asked for: set the parameter `reliability`'),
        ('/image', RAW, False, [Publisher('/camera', RAW, False)], {},
         '/camera publishes /image, but nothing arrives'),
    ],
)
def test_the_reason_is_named(topic: str, wanted: str, reliable: bool, publishers: list,
                             graph: dict, words: str) -> None:
    text = explain_silence(topic, wanted, reliable, publishers, graph)
    assert words in text
    assert '\n' not in text
