import pytest

from fairmot_ros.former_settings import current_settings


def test_former_names_are_translated_and_named(caplog: pytest.LogCaptureFixture) -> None:
    found = current_settings({'near_height': 3, 'looks': True, 'weight': 2}, 'my.yaml')
    assert found == {'teacher_embeddings': True, 'weight': 2}
    assert caplog.messages == [
        'my.yaml: near_height has no effect any more: every image is processed once, at one size',
        'my.yaml: looks is now called teacher_embeddings',
    ]


def test_present_names_pass_silently(caplog: pytest.LogCaptureFixture) -> None:
    assert current_settings({'weight': 2}, 'my.yaml') == {'weight': 2}
    assert not caplog.messages
