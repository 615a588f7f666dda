# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Detection terms of the YOLOX loss on cells with known results."""

import math

import numpy as np
import pytest
import torch

from fairmot_ros.training.config import DatasetConfig, TrainingConfig
from fairmot_ros.training.data.sample import Sample
from fairmot_ros.training.losses.objectives import recipe_of
from fairmot_ros.training.losses.objectives.cells import Cells
from fairmot_ros.training.losses.objectives.detection_loss import (
    DETECTION_TERMS,
    detection_terms,
    not_ignored,
)
from fairmot_ros.training.losses.objectives.yolox import YoloxObjective

CONFIG = TrainingConfig('x', 'yolox_nano', (DatasetConfig('a'),), max_objects=4)
PERSON = [40.0, 40.0, 72.0, 104.0]


def make_levels(seed: int = 0, images: int = 1) -> dict[int, tuple[torch.Tensor, ...]]:
    """Random raw maps of 128 x 128 images."""
    rng = torch.Generator().manual_seed(seed)
    return {
        s: tuple(torch.randn(images, c, 128 // s, 128 // s, generator=rng) for c in (1, 1, 4))
        for s in (8, 16, 32)
    }


def make_batch(*samples: Sample) -> dict[str, torch.Tensor]:
    samples = [recipe_of('yolox_nano').make_targets(sample, CONFIG) for sample in samples]
    return {
        name: torch.stack([torch.from_numpy(sample[name]) for sample in samples])
        for name in samples[0]
    }


def make_sample(
    boxes: list[list[float]], ignored: list[list[float]] = (), **more: object
) -> Sample:  # type: ignore[assignment]
    return Sample(
        np.zeros((128, 128, 3), np.uint8),
        np.array(boxes, np.float32).reshape(-1, 4),
        np.arange(len(boxes)),
        ignored_xyxy=np.array(ignored, np.float32).reshape(-1, 4),
        **more,  # type: ignore[arg-type]
    )


def totals_of(batch: dict[str, torch.Tensor]) -> torch.Tensor:
    return YoloxObjective(None).count_totals(batch).float()  # type: ignore[arg-type]


def correct_cells(score: float = 12.0) -> Cells:
    """Cells of which one detects PERSON with high confidence, and no other detects anything."""
    levels = {
        s: (
            torch.zeros(1, 1, 128 // s, 128 // s),
            torch.full((1, 1, 128 // s, 128 // s), -12.0),
            torch.full((1, 4, 128 // s, 128 // s), -3.0),
        )
        for s in (8, 16, 32)
    }
    y, x = 9, 7
    levels[8][1][0, 0, y, x] = levels[8][0][0, 0, y, x] = score
    extent = torch.tensor([32.0, 64.0]) / 8
    levels[8][2][0, :, y, x] = torch.tensor([56 / 8 - x, 72 / 8 - y, *extent.log()])
    return Cells.from_levels(levels)


def test_targets_are_clipped_padded_and_keep_scores() -> None:
    sample = make_sample(
        [[-20, 10, 40, 90], [130, 0, 150, 20], PERSON],
        [[0, 0, 9, 9]],
        scores=np.array([0.5, 1, 0.25], np.float32),
        class_ids=np.array([0, 0, 0]),
    )
    targets = recipe_of('yolox_nano').make_targets(sample, CONFIG)
    assert targets['boxes'].tolist() == [[0, 10, 40, 90], PERSON, [0] * 4, [0] * 4]
    assert targets['ids'].tolist() == [0, 2, -1, -1]
    assert targets['scores'].tolist() == [0.5, 0.25, 0, 0]
    assert targets['mask'].tolist() == [True, True, False, False]
    assert targets['ignored'].tolist()[:2] == [[0, 0, 9, 9], [0] * 4]
    assert {str(v.dtype) for v in targets.values()} == {'float32', 'int64', 'bool'}
    drawn = recipe_of('yolox_nano').decode_targets(targets, 8)
    assert drawn.boxes_xyxy.tolist() == [[0, 10, 40, 90], PERSON]
    assert drawn.ignored_xyxy.tolist() == [[0, 0, 9, 9]]


def test_correct_detections_have_no_loss() -> None:
    batch = make_batch(make_sample([PERSON]))
    terms = detection_terms(correct_cells(), None, batch, totals_of(batch))
    assert all(0 <= value.item() < 0.01 for value in terms.values())


def test_a_missed_object_costs_its_score() -> None:
    """With objectness -12 at the only assigned cell, the loss is 12 times the label score."""
    for score in (1.0, 0.5):
        batch = make_batch(make_sample([PERSON], scores=np.array([score], np.float32)))
        terms = detection_terms(correct_cells(-12.0), None, batch, totals_of(batch))
        assert terms['objectness'].item() == pytest.approx(12 * score, abs=0.01)
        assert terms['class'].item() == pytest.approx(12 * score, abs=0.01)


def test_detections_in_ignored_boxes_have_no_loss() -> None:
    for ignored, cost in (([PERSON], 0), ([[0, 0, 128, 128]], 0), ([[0, 0, 30, 30]], 12)):
        batch = make_batch(make_sample([], ignored))
        terms = detection_terms(correct_cells(), None, batch, totals_of(batch))
        assert terms['objectness'].item() == pytest.approx(cost, abs=0.01)


def test_half_inside_or_half_overlapping_is_ignored() -> None:
    predicted = torch.tensor([[[0.0, 0, 10, 10], [0, 0, 4, 4], [6, 6, 26, 26]]])
    assert not_ignored(predicted, torch.tensor([[[0.0, 0, 10, 6]]])).tolist() == [
        [False, False, True]
    ]
    assert not_ignored(predicted, torch.zeros(1, 2, 4)).all()


def test_only_differences_from_the_teacher_are_penalised() -> None:
    student, teacher = (Cells.from_levels(make_levels(seed)) for seed in (0, 1))
    batch = make_batch(make_sample([]))
    totals = totals_of(batch)
    same = detection_terms(student, student, batch, totals)
    other = detection_terms(student, teacher, batch, totals)
    for name in ('distilled_scores', 'distilled_boxes'):
        assert same[name].item() == pytest.approx(0, abs=1e-4)
        assert other[name].item() > 1


def test_labelled_cells_are_not_distilled() -> None:
    """The teacher misses the labelled person: no loss at the cells assigned to it."""
    student, teacher = correct_cells(), correct_cells(-12.0)
    labelled, empty = make_batch(make_sample([PERSON])), make_batch(make_sample([]))
    costs = [
        detection_terms(student, teacher, batch, totals_of(batch))['distilled_scores'].item()
        for batch in (labelled, empty)
    ]
    assert costs[0] < 0.01 < 10 < costs[1]


def test_the_terms_of_micro_batches_add_up_to_those_of_the_batch() -> None:
    levels, teacher_levels = make_levels(0, 3), make_levels(1, 3)
    samples = [make_sample([PERSON, [0, 0, 30, 50]]), make_sample([]), make_sample([PERSON])]
    batch = make_batch(*samples)
    totals = totals_of(batch)
    assert totals.tolist() == [3, 3]
    whole = detection_terms(
        Cells.from_levels(levels), Cells.from_levels(teacher_levels), batch, totals
    )
    shares = [
        detection_terms(
            *(
                Cells.from_levels({s: tuple(m[i : i + 1] for m in maps) for s, maps in x.items()})
                for x in (levels, teacher_levels)
            ),
            {name: value[i : i + 1] for name, value in batch.items()},
            totals,
        )
        for i in range(3)
    ]
    assert set(whole) == set(DETECTION_TERMS)
    for name, value in whole.items():
        total = math.fsum(share[name].item() for share in shares)
        assert total == pytest.approx(value.item(), rel=1e-4), name


def test_gradients_are_finite_for_any_prediction() -> None:
    levels = {
        s: tuple((5 * m).requires_grad_() for m in maps) for s, maps in make_levels(2, 2).items()
    }
    batch = make_batch(make_sample([PERSON]), make_sample([]))
    teacher = Cells.from_levels(make_levels(3, 2))
    terms = detection_terms(Cells.from_levels(levels), teacher, batch, totals_of(batch))
    torch.stack(list(terms.values())).sum().backward()
    assert all(torch.isfinite(m.grad).all() for maps in levels.values() for m in maps)
