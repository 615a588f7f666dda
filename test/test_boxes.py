# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Box geometry: expected values of every function, with empty input and with tensors."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch
from numpy.testing import assert_array_equal

from fairmot_ros import boxes
from fairmot_ros.boxes import (
    CYTHON_BBOX_PIXEL,
    area,
    boxes_around,
    clip_boxes,
    coverage_matrix,
    cxcywh_to_xywh,
    cxcywh_to_xyxy,
    intersection,
    iou,
    iou_matrix,
    iou_of_areas,
    is_valid_box,
    paired_iou,
    share_inside,
    trackeval_iou_matrix,
    visible_share,
    xywh_to_cxcywh,
    xywh_to_xyxy,
    xyxy_to_cxcywh,
    xyxy_to_xywh,
)

# The same two boxes in every form.
FORMS = {
    'xyxy': [[10.0, 20.0, 40.0, 110.0], [-5.0, 0.0, 45.0, 20.5]],
    'xywh': [[10.0, 20.0, 30.0, 90.0], [-5.0, 0.0, 50.0, 20.5]],
    'cxcywh': [[25.0, 65.0, 30.0, 90.0], [20.0, 10.25, 50.0, 20.5]],
}
CONVERSIONS = [
    xyxy_to_xywh,
    xywh_to_xyxy,
    xywh_to_cxcywh,
    cxcywh_to_xywh,
    xyxy_to_cxcywh,
    cxcywh_to_xyxy,
]
NONE, ONE = np.zeros((0, 4)), np.array([[0.0, 0.0, 2.0, 4.0]])
KINDS = [np.array, torch.tensor]


@pytest.mark.parametrize('convert', CONVERSIONS, ids=lambda f: f.__name__)
def test_conversions(convert: Callable) -> None:
    source, target = (FORMS[name] for name in convert.__name__.split('_to_'))
    given = np.array(source)
    assert_array_equal(convert(given), target)
    assert_array_equal(given, source)  # which is not changed
    assert_array_equal(convert(given[0]), target[0])
    assert_array_equal(convert(given[None]), [target])
    assert convert(given.astype(np.float32)).dtype == np.float32
    assert convert(NONE).shape == (0, 4)


@pytest.mark.parametrize('convert', CONVERSIONS, ids=lambda f: f.__name__)
def test_integer_boxes_are_converted_to_floats(convert: Callable) -> None:
    whole = np.array([[3, 5, 9, 12], [0, 0, 1, 1]])
    assert_array_equal(convert(whole), convert(whole.astype(np.float64)))


def test_sizes_are_rounded_to_the_type_of_the_boxes() -> None:
    corners = np.array([[0.1, 0.1, 100.3, 200.7]], np.float32)
    assert_array_equal(xyxy_to_xywh(corners)[:, 2:], corners[:, 2:] - corners[:, :2])


@pytest.mark.parametrize('kind', KINDS)
def test_boxes_around_centres(kind: Callable) -> None:
    found = boxes_around(kind([[25.0, 65.0], [20.0, 10.25]]), kind([[30.0, 90.0], [50.0, 20.5]]))
    assert_array_equal(np.asarray(found), FORMS['xyxy'])
    assert_array_equal(np.asarray(cxcywh_to_xyxy(kind(FORMS['cxcywh']))), FORMS['xyxy'])
    assert boxes_around(kind(NONE[:, :2]), kind(NONE[:, 2:])).shape == (0, 4)


@pytest.mark.parametrize(
    ('box', 'valid'),
    [
        ((0, 0, 1, 1), True),
        ((-3, -3, -2, -1), True),
        ((0, 0, 0, 1), False),
        ((0, 1, 1, 0), False),
        ((0, 0, np.inf, 1), False),
        ((0, 0, 1, np.nan), False),
    ],
)
def test_valid_boxes(box: tuple[float, ...], valid: bool) -> None:
    assert bool(is_valid_box(box)) is valid
    assert_array_equal(is_valid_box(np.array([box, (0, 0, 1, 1)], float)), [valid, True])


def test_validity_of_no_boxes() -> None:
    assert is_valid_box(NONE).shape == (0,)


def test_clipping() -> None:
    given = np.array([[-5, 3, 20, 30], [1, 2, 3, 4], [50, 60, 70, 80]], np.float32)
    clipped = clip_boxes(given, (10, 25))
    assert_array_equal(clipped, [[0, 3, 10, 25], [1, 2, 3, 4], [10, 25, 10, 25]])
    assert clipped.dtype == np.float32
    assert clip_boxes(NONE, (10, 25)).shape == (0, 4)


@pytest.mark.parametrize('kind', KINDS)
def test_areas(kind: Callable) -> None:
    given = kind([[0.0, 0.0, 2.0, 4.0], [1.0, 1.0, 1.0, 5.0], [4.0, 4.0, 2.0, 2.0]])
    assert area(given).tolist() == [8.0, 0.0, 0.0]
    assert area(given, CYTHON_BBOX_PIXEL).tolist() == [15.0, 5.0, 0.0]
    assert area(kind(NONE)).shape == (0,)


@pytest.mark.parametrize('kind', KINDS)
def test_pairwise_overlaps(kind: Callable) -> None:
    a = kind([[0.0, 0.0, 2.0, 2.0], [0.0, 0.0, 4.0, 4.0], [0.0, 0.0, 1.0, 1.0]])
    b = kind([[1.0, 1.0, 3.0, 3.0], [0.0, 0.0, 2.0, 2.0], [1.0, 0.0, 2.0, 1.0]])
    assert intersection(a, b).tolist() == [1.0, 4.0, 0.0]
    assert iou(a, b).tolist() == pytest.approx([1 / 7, 4 / 16, 0.0])
    assert share_inside(a, b).tolist() == [0.25, 0.25, 0.0]
    assert iou_of_areas(intersection(a, b), area(a), area(b)).tolist() == iou(a, b).tolist()
    for function in (intersection, iou, share_inside):
        assert function(kind(NONE), kind(NONE)).shape == (0,)
        assert function(a[:, None], b[None, :]).shape == (3, 3)
        assert function(kind(NONE)[:, None], b[None, :]).shape == (0, 3)


def test_arrays_and_tensors_give_identical_results() -> None:
    rng = np.random.default_rng(1)
    corners = rng.uniform(0, 50, (2, 40, 4)).astype(np.float32)
    corners[..., 2:] += corners[..., :2]
    for function in (intersection, iou, share_inside):
        expected = function(*corners)
        assert_array_equal(function(*torch.from_numpy(corners)).numpy(), expected)
        assert expected.dtype == np.float32


def test_gradients_flow_through_tensors() -> None:
    predicted = torch.tensor([[1.0, 1.0, 3.0, 3.0]], requires_grad=True)
    iou(predicted, torch.tensor([[0.0, 0.0, 2.0, 2.0]])).sum().backward()
    # IoU = s / u with s = 1, u = 4 + 4 - s = 7, and derivative (s' u - s u') / u^2.
    # Left: s' = -1, and the own area falls by 2, so u' = -1. Right: s' = 0 and u' = 2.
    expected = [[-6 / 49, -6 / 49, -2 / 49, -2 / 49]]
    assert predicted.grad is not None
    assert predicted.grad.numpy() == pytest.approx(np.array(expected))


def test_visible_share_of_an_image() -> None:
    given = np.array([[0, 0, 10, 10], [-5, 0, 5, 10], [20, 20, 30, 30]], np.float32)
    assert visible_share(given, (10, 10)).tolist() == [1.0, 0.5, 0.0]
    assert visible_share(NONE, (10, 10)).shape == (0,)


def test_iou_matrix() -> None:
    a = np.array([[0, 0, 2, 2], [0, 0, 4, 4]], np.float64)
    b = np.array([[1, 1, 3, 3], [0, 0, 2, 2], [8, 8, 9, 9]], np.float64)
    expected = [[1 / 7, 1.0, 0.0], [4 / 16, 4 / 16, 0.0]]
    assert np.allclose(iou_matrix(a, b), expected)


def test_coverage_matrix() -> None:
    a = np.array([[0, 0, 2, 2], [0, 0, 4, 4]], np.float32)
    b = np.array([[1, 1, 3, 3], [0, 0, 2, 2], [8, 8, 9, 9]], np.float32)
    assert coverage_matrix(a, b).tolist() == [[0.25, 1.0, 0.0], [1.0, 1.0, 0.0]]


@pytest.mark.parametrize('matrix', [iou_matrix, coverage_matrix])
def test_boxes_without_area_have_no_overlap(matrix: Callable) -> None:
    flat = np.array([[1, 1, 1, 5], [4, 4, 2, 2]], np.float32)
    assert not matrix(flat, flat).any()


BOX, FAR = (0, 0, 10, 10), (500, 0, 10, 10)


@pytest.mark.parametrize(
    ('box_a', 'box_b', 'expected'),
    [
        pytest.param(BOX, BOX, 1, id='same'),
        pytest.param(BOX, FAR, 0, id='apart'),
        pytest.param(BOX, (10, 0, 10, 10), 0, id='touching'),
        pytest.param(BOX, (0, 0, 10, 5), 0.5, id='half'),
        pytest.param(BOX, (5, 5, 10, 10), 25 / 175, id='corner'),
        pytest.param(BOX, (0, 0, 0, 10), 0, id='no width'),
        pytest.param(BOX, (0, 0, -10, -10), 0, id='negative size'),
        pytest.param(
            (0.1, 0.2, 0.7, 0.3), (0.1, 0.2, 0.7, 0.3), 1, id='same, not exact in binary'
        ),
    ],
)
def test_trackeval_iou_matrix(box_a: tuple, box_b: tuple, expected: float) -> None:
    a, b = np.array([box_a], float), np.array([box_b], float)
    assert trackeval_iou_matrix(a, b)[0, 0] == pytest.approx(expected, abs=1e-15)
    assert trackeval_iou_matrix(b, a)[0, 0] == trackeval_iou_matrix(a, b)[0, 0]


@pytest.mark.parametrize('matrix', [iou_matrix, coverage_matrix, trackeval_iou_matrix])
def test_matrices_of_no_boxes(matrix: Callable) -> None:
    assert matrix(NONE, ONE).shape == (0, 1)
    assert matrix(ONE, NONE).shape == (1, 0)
    assert matrix(NONE, NONE).shape == (0, 0)


@pytest.mark.parametrize('pixel', [0.0, CYTHON_BBOX_PIXEL])
def test_iou_of_given_pairs(pixel: float) -> None:
    a = np.array([[0, 0, 10, 20], [50, 0, 60, 20.0]]).T
    b = np.array([[0, 10, 10, 20], [70, 30, 80, 50], [50, 0, 60, 20.0]]).T
    pairs = np.array([0, 0, 1, 1]), np.array([0, 1, 1, 2])
    expected = [(10 + pixel) / (20 + pixel), 0.0, 0.0, 1.0]
    assert paired_iou(pairs, a, b, pixel) == pytest.approx(expected)
    assert len(paired_iou((pairs[0][:0], pairs[1][:0]), a, b, pixel)) == 0


def test_conversions_keep_the_layout() -> None:
    by_coordinate = np.array(FORMS['xywh']).T.copy()
    for convert in (xyxy_to_xywh, xywh_to_xyxy, xywh_to_cxcywh, cxcywh_to_xywh):
        assert convert(by_coordinate.T).T.flags.c_contiguous


def test_every_function_is_tested() -> None:
    public = {
        name
        for name, value in vars(boxes).items()
        if callable(value) and value.__module__ == boxes.__name__ and not name.startswith('_')
    }
    assert public <= set(globals())
