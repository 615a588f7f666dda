import numpy as np

from fairmot_ros.boxes import iou_matrix


def test_known_overlaps() -> None:
    a = np.array([[0, 0, 2, 2], [0, 0, 4, 4]], np.float64)
    b = np.array([[1, 1, 3, 3], [0, 0, 2, 2], [8, 8, 9, 9]], np.float64)
    expected = [[1 / 7, 1.0, 0.0], [4 / 16, 4 / 16, 0.0]]
    assert np.allclose(iou_matrix(a, b), expected)


def test_boxes_without_area_overlap_with_nothing() -> None:
    flat = np.array([[1, 1, 1, 5], [4, 4, 2, 2]], np.float32)
    assert not iou_matrix(flat, flat).any()


def test_no_boxes() -> None:
    none, one = np.zeros((0, 4)), np.ones((1, 4))
    assert iou_matrix(none, one).shape == (0, 1)
    assert iou_matrix(one, none).shape == (1, 0)
    assert iou_matrix(none, none).shape == (0, 0)
