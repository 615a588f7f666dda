# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0

import numpy as np
import pytest
import torch
from recordings import recordings

from fairmot_ros.training.losses.fairmot_loss import (
    FairMOTLoss,
    count_totals,
    focal_loss,
    masked_l1,
)


@pytest.fixture(params=recordings('loss.npz'))
def fixture(request: pytest.FixtureRequest) -> dict[str, np.ndarray]:
    return dict(np.load(request.param))


def run(fixture: dict[str, np.ndarray], weighting: str) -> tuple[FairMOTLoss, dict, dict]:
    num_identities, dim = fixture['classifier_weight'].shape
    loss = FairMOTLoss(dim, num_identities, weighting=weighting)
    loss.classifier.weight.data = torch.from_numpy(fixture['classifier_weight'])
    loss.classifier.bias.data = torch.from_numpy(fixture['classifier_bias'])
    output = {
        name: torch.from_numpy(fixture[f'out_{name}']).requires_grad_()
        for name in ('hm', 'wh', 'reg', 'id')
    }
    batch = {
        name: torch.from_numpy(fixture[f'gt_{name}']) for name in ('hm', 'ind', 'wh', 'reg', 'ids')
    }
    batch['mask'] = torch.from_numpy(fixture['gt_reg_mask']).bool()
    return loss, output, loss(output, batch)


def test_terms_and_gradients_equal_the_published_code(fixture: dict[str, np.ndarray]) -> None:
    loss, output, terms = run(fixture, 'uncertainty')
    names = {'loss': 'loss', 'hm': 'hm_loss', 'wh': 'wh_loss', 'reg': 'off_loss', 'id': 'id_loss'}
    for name, recorded in names.items():
        assert terms[name].item() == pytest.approx(float(fixture[f'val_{recorded}']), rel=1e-5)
    terms['loss'].backward()
    for name, value in output.items():
        expected = fixture[f'grad_{name}']
        assert np.abs(value.grad.numpy() - expected).max() <= 1e-4 * np.abs(expected).max(), name
    assert loss.s_det.grad.item() == pytest.approx(float(fixture['grad_s_det'][0]), rel=1e-5)
    assert loss.s_id.grad.item() == pytest.approx(float(fixture['grad_s_id'][0]), rel=1e-5)


def test_fixed_weighting_equals_the_published_code(fixture: dict[str, np.ndarray]) -> None:
    _, _, terms = run(fixture, 'fixed')
    assert terms['loss'].item() == pytest.approx(float(fixture['val_loss_fix']), rel=1e-5)


def test_focal_loss_of_an_empty_scene_is_finite_and_small_when_right() -> None:
    target = torch.zeros(1, 1, 4, 4)
    negative, positive = torch.full((1, 1, 4, 4), -8.0), torch.full((1, 1, 4, 4), 8.0)
    assert focal_loss(negative, target) < 1e-3 < 10 < focal_loss(positive, target)


def test_l1_counts_only_objects() -> None:
    predicted, target = torch.zeros(1, 3, 2), torch.ones(1, 3, 2) * torch.tensor([2.0, 4.0])
    target[0, 2] = 1e6
    mask = torch.tensor([[True, True, False]])
    assert masked_l1(predicted, target, mask).item() == pytest.approx(3.0, rel=1e-4)


def test_a_batch_without_identities_has_a_gradient_but_no_nan() -> None:
    loss = FairMOTLoss(4, 5)
    output = {
        'hm': torch.zeros(1, 1, 4, 4),
        'wh': torch.zeros(1, 4, 4, 4),
        'reg': torch.zeros(1, 2, 4, 4),
        'id': torch.randn(1, 4, 4, 4),
    }
    output = {name: value.requires_grad_() for name, value in output.items()}
    batch = {
        'hm': torch.zeros(1, 1, 4, 4),
        'wh': torch.zeros(1, 2, 4),
        'reg': torch.zeros(1, 2, 2),
        'ind': torch.zeros(1, 2, dtype=torch.long),
        'ids': torch.full((1, 2), -1),
        'mask': torch.zeros(1, 2, dtype=torch.bool),
    }
    terms = loss(output, batch)
    terms['loss'].backward()
    assert terms['id'].item() == 0.0
    assert all(torch.isfinite(value.grad).all() for value in output.values())


def test_an_unknown_weighting_is_reported() -> None:
    with pytest.raises(ValueError, match="got 'magic'"):
        FairMOTLoss(4, 5, weighting='magic')


@pytest.mark.parametrize('weighting', ['uncertainty', 'fixed'])
def test_the_terms_of_micro_batches_add_up_to_those_of_the_batch(weighting: str) -> None:
    """Micro-batches with different numbers of people, one of them without identities."""
    torch.manual_seed(0)
    loss = FairMOTLoss(4, 5, weighting=weighting)
    output = {
        name: torch.randn(3, channels, 4, 4)
        for name, channels in (('hm', 1), ('wh', 4), ('reg', 2), ('id', 4))
    }
    batch = {
        'hm': torch.zeros(3, 1, 4, 4),
        'wh': torch.randn(3, 6, 4),
        'reg': torch.randn(3, 6, 2),
        'ind': torch.randint(16, (3, 6)),
        'ids': torch.randint(-1, 5, (3, 6)),
        'mask': torch.rand(3, 6) < 0.7,
    }
    batch['hm'][0, 0, 1, 1] = batch['hm'][2, 0, 2, :2] = 1
    batch['ids'][1] = -1
    whole = loss(output, batch)
    micro_batches = [{name: value[i : i + 1] for name, value in batch.items()} for i in range(3)]
    totals = torch.stack([count_totals(micro_batch) for micro_batch in micro_batches]).sum(0)
    shares = [
        loss({name: value[i : i + 1] for name, value in output.items()}, micro_batch, totals)
        for i, micro_batch in enumerate(micro_batches)
    ]
    for name, value in whole.items():
        assert sum(share[name] for share in shares).item() == pytest.approx(value.item(), rel=1e-5)


def teacher_loss(target: torch.Tensor, found: torch.Tensor, **weights: float) -> float:
    loss = FairMOTLoss(
        target.shape[1],
        len(target),
        teacher_embeddings=target,
        **weights,
    )
    people = len(found)
    batch = {'mask': torch.ones(1, people, dtype=torch.bool), 'ids': torch.arange(people)[None]}
    return loss.teacher_loss(found[None], batch, torch.tensor(people)).item()


def test_the_teacher_loss_ignores_the_length() -> None:
    target = torch.nn.functional.normalize(torch.randn(20, 8, generator=torch.manual_seed(3)))
    assert teacher_loss(target, 3 * target, contrast_weight=0.5) == pytest.approx(0, abs=1e-5)
    assert teacher_loss(target, -target) == pytest.approx(2)


def test_similarity_to_another_person_costs_more_with_contrast() -> None:
    """Both embeddings have the same cosine to the target; one is closer to another person's."""
    target = torch.eye(4)[:3]
    unrelated, confused = target.clone(), target.clone()
    unrelated[0, 3], confused[0, 1] = 1.0, 1.0
    assert teacher_loss(target, unrelated) == pytest.approx(teacher_loss(target, confused))
    assert teacher_loss(target, confused, contrast_weight=1.0) > 1.5 * teacher_loss(
        target, unrelated, contrast_weight=1.0
    )
