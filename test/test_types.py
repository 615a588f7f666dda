import numpy as np
import pytest

from fairmot_ros.types import Detections


def test_anything_numeric_is_converted() -> None:
    found = Detections([[0, 1, 2, 3]], [1], np.ones((1, 4)), [2.0])
    assert found.boxes_xyxy.dtype == found.scores.dtype == np.float32
    assert found.embeddings is not None
    assert found.embeddings.dtype == np.float32
    assert found.class_ids.dtype == np.int64


def test_nothing_is_fine() -> None:
    for none in (Detections([], []), Detections.empty(), Detections([], [], np.zeros((0, 8)))):
        assert len(none) == 0
        assert none.boxes_xyxy.shape == (0, 4)
    empty = Detections.empty(16)
    assert empty.embeddings is not None
    assert empty.embeddings.shape == (0, 16)


def test_rows_are_chosen_together() -> None:
    found = Detections(np.arange(12).reshape(3, 4), [0.1, 0.2, 0.3], np.eye(3), [0, 1, 2])
    part = found[found.scores > 0.15]
    assert part.class_ids.tolist() == [1, 2]
    assert part.embeddings is not None
    assert part.embeddings.tolist() == [[0, 1, 0], [0, 0, 1]]


@pytest.mark.parametrize(
    ('arguments', 'message'),
    [
        (([[1, 2, 3]], [1]), r'boxes_xyxy must have shape \[N, 4\], got \[1, 3\]'),
        (([[1, 2, 3, 4]], [1, 1]), r'scores must have shape \[1\], got \[2\]'),
        (([[1, 2, 3, 4]], [1], np.ones((2, 3))), r'embeddings must have shape \[1, D\]'),
        (([[1, 2, 3, 4]], [1], None, [1, 2]), r'class_ids must have shape \[1\]'),
        (([[1, 2, 3, np.nan], [1, 2, 3, 4]], [1, np.inf]), r'finite numbers; rows \[0, 1\]'),
    ],
)
def test_wrong_shapes_are_named(arguments: tuple, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Detections(*arguments)
