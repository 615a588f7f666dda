# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Assignment of cells to objects on a grid made by hand."""

import pytest
import torch

from fairmot_ros.training.losses.objectives.cells import Cells
from fairmot_ros.training.losses.objectives.sim_ota import assign


def make_cells(boxes: dict[int, list[float]], size: tuple[int, int] = (128, 128)) -> Cells:
    """Return cells of an image of which some predict the given boxes, the others tiny ones.

    Args:
        boxes: cell of stride 8, y * 16 + x -> box in pixels.
        size: (width, height).
    """
    levels = {}
    for stride in (8, 16, 32):
        shape = (1, 1, size[1] // stride, size[0] // stride)
        raw = torch.zeros(1, 4, *shape[2:])
        raw[:, 2:] = -4.0  # tiny boxes
        levels[stride] = (torch.zeros(shape), torch.zeros(shape), raw)
    columns = size[0] // 8
    for cell, (left, top, right, bottom) in boxes.items():
        y, x = divmod(cell, columns)
        centre = torch.tensor([(left + right) / 16 - x, (top + bottom) / 16 - y])
        extent = torch.tensor([right - left, bottom - top]) / 8
        levels[8][2][0, :, y, x] = torch.cat((centre, extent.log()))
    return Cells.from_levels(levels)


def assigned(cells: Cells, boxes: list[list[float]]) -> dict[int, int]:
    found = assign(
        cells.class_logits[0],
        cells.objectness[0],
        cells.boxes_xyxy[0],
        cells.centres,
        cells.strides,
        torch.tensor(boxes).reshape(-1, 4),
        torch.zeros(len(boxes), dtype=torch.long),
    )
    return dict(zip(found.cells.tolist(), found.objects.tolist(), strict=True))


def test_cells_are_read_as_the_network_is_decoded() -> None:
    cells = make_cells({16 * 3 + 5: [30, 20, 60, 44]})
    assert cells.boxes_xyxy[0, 53].tolist() == pytest.approx([30, 20, 60, 44])
    assert cells.centres[53].tolist() == [44, 28]
    assert cells.strides.tolist() == [8] * 256 + [16] * 64 + [32] * 16
    assert cells.centres[256 + 8].tolist() == [8, 24]


def test_the_number_of_assigned_cells_is_the_sum_of_ious() -> None:
    """Three exact predictions and one with IoU 0.6: the sum is 3.6, so three cells."""
    person = [40.0, 40.0, 72.0, 104.0]
    shifted = [40.0, 40.0 + 16, 72.0, 104.0 + 16]  # IoU 48 / 80
    cells = make_cells({135: person, 150: person, 151: person, 152: shifted})
    assert assigned(cells, [person]) == {135: 0, 150: 0, 151: 0}


def test_every_object_gets_a_cell_even_without_overlap() -> None:
    assert len(assigned(make_cells({}), [[40.0, 40.0, 72.0, 104.0]])) == 1


def test_a_cell_is_assigned_to_the_object_of_higher_iou() -> None:
    left, right = [40.0, 40.0, 72.0, 104.0], [48.0, 40.0, 80.0, 104.0]
    found = assigned(make_cells({135: left, 136: right}), [left, right])
    assert found[135] == 0
    assert found[136] == 1


def test_cells_far_from_the_object_are_not_assigned() -> None:
    """A cell in the corner predicts the person, but lies outside the box and the square."""
    person = [80.0, 80.0, 112.0, 120.0]
    found = assigned(make_cells({0: person}), [person])
    assert 0 not in found


def test_an_empty_image_has_no_assignment() -> None:
    assert assigned(make_cells({}), []) == {}


def test_confident_cells_are_preferred() -> None:
    person = [40.0, 40.0, 72.0, 104.0]
    cells = make_cells({135: person, 136: [40.0, 40.0, 72.0, 100.0]})
    cells.objectness[0, 136] = 8.0
    cells.class_logits[0, 136] = 8.0
    cells.objectness[0, 135] = cells.class_logits[0, 135] = -8.0
    assert 136 in assigned(cells, [person])
    assert 135 not in assigned(cells, [person])
