# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Distillation of a re-identification teacher."""

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from fairmot_ros.training.losses.embedding import DistillationLoss, make_embedding_loss
from fairmot_ros.training.losses.embedding.distillation import similarity_error


def unit(*shape: int) -> Tensor:
    return F.normalize(torch.randn(*shape), dim=-1)


def batch_of(target: Tensor) -> dict[str, Tensor]:
    count = target.shape[:2]
    return {
        'teacher': target,
        'mask': target.any(dim=2),
        'ids': torch.arange(count.numel()).reshape(count),
    }


def test_the_teachers_own_embeddings_have_no_loss() -> None:
    torch.manual_seed(0)
    loss = DistillationLoss(6, 0, teacher_dim=6)
    loss.to_teacher.weight.data = torch.eye(6)
    for _ in range(3):  # the memory fills
        target = unit(2, 4, 6)
        batch = batch_of(target)
        terms = loss(3 * target, batch, loss.count_totals(batch))
        assert all(term.item() == pytest.approx(0, abs=1e-5) for term in terms.values())


def test_rotated_teacher_embeddings_have_equal_similarities() -> None:
    torch.manual_seed(0)
    loss = DistillationLoss(6, 0, teacher_dim=6)
    rotation = torch.linalg.qr(torch.randn(6, 6))[0]
    target = unit(1, 8, 6)
    batch = batch_of(target)
    terms = loss(target @ rotation, batch, loss.count_totals(batch))
    assert terms['relation'].item() == pytest.approx(0, abs=1e-5)
    assert terms['similarity'].item() == pytest.approx(0, abs=1e-6)
    assert terms['teacher'].item() > 0.1


def test_terms_are_weighted_and_differentiable() -> None:
    torch.manual_seed(0)
    loss = DistillationLoss(
        4, 0, teacher_dim=6, teacher_weight=2, relation_weight=3, similarity_weight=5
    )
    embeddings = torch.randn(2, 5, 4, requires_grad=True)
    batch = batch_of(unit(2, 5, 6))
    terms = loss(embeddings, batch, loss.count_totals(batch))
    parts = (terms[name].item() for name in loss.term_names)
    expected = sum(weight * part for weight, part in zip((2, 3, 5), parts))
    assert terms['embedding'].item() == pytest.approx(expected, rel=1e-5)
    terms['embedding'].backward()
    assert embeddings.grad is not None and embeddings.grad.abs().sum() > 0
    assert loss.to_teacher.weight.grad is not None


def test_rows_without_a_teacher_embedding_are_ignored() -> None:
    torch.manual_seed(0)
    target = unit(1, 6, 5)
    target[0, 4:] = 0
    embeddings = torch.randn(1, 6, 3)
    loss = DistillationLoss(3, 0, teacher_dim=5)
    batch = batch_of(target)
    totals = loss.count_totals(batch)
    assert totals.tolist() == [4]
    found = loss(embeddings, batch, totals)
    embeddings[0, 4:] = 7.0
    fresh = DistillationLoss(3, 0, teacher_dim=5)
    fresh.to_teacher.load_state_dict(loss.to_teacher.state_dict())
    again = fresh(embeddings, batch, totals)
    assert all(torch.equal(found[name], again[name]) for name in found)
    no_targets = batch_of(torch.zeros(1, 6, 5))
    terms = loss(embeddings, no_targets, loss.count_totals(no_targets))
    assert terms['embedding'].item() == 0


def test_the_memory_keeps_the_newest_people() -> None:
    torch.manual_seed(0)
    loss = DistillationLoss(4, 0, teacher_dim=6, memory=5)
    batches = [unit(1, 3, 6) for _ in range(3)]
    for target in batches:
        batch = batch_of(target)
        loss(torch.randn(1, 3, 4), batch, loss.count_totals(batch))
    expected = torch.cat((batches[2][0], batches[1][0]))[:5]
    assert torch.equal(loss.teacher_memory, expected)
    assert torch.allclose(loss.memory.norm(dim=1), torch.ones(5))


def test_people_are_compared_with_the_memory() -> None:
    """A single person in a batch is compared with the people in the memory."""
    torch.manual_seed(0)
    loss = DistillationLoss(4, 0, teacher_dim=4, memory=8)
    first, second = batch_of(unit(1, 6, 4)), batch_of(unit(1, 1, 4))
    loss(first['teacher'], first, loss.count_totals(first))
    wrong = loss.relation_divergence(unit(1, 4), second['teacher'][0])
    right = loss.relation_divergence(second['teacher'][0], second['teacher'][0])
    assert right.item() == pytest.approx(0, abs=1e-5)
    assert wrong.item() > 0.1


def test_similarity_error_by_hand() -> None:
    found = torch.tensor([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0]])
    target = torch.tensor([[1.0, 0.0], [0.0, 1.0], [0.0, 1.0]])
    # Similarities found: 1, 0, 0 of the pairs 01, 02, 12; target: 0, 0, 1.
    assert similarity_error(found, target).tolist() == [0.5, 1.0, 0.5]


def test_the_loss_is_made_by_its_name() -> None:
    loss = make_embedding_loss(8, 3, {'kind': 'distillation', 'teacher_dim': 5})
    assert isinstance(loss, DistillationLoss)
    assert loss.to_teacher.weight.shape == (5, 8)
    with pytest.raises(TypeError):
        make_embedding_loss(8, 3, {'kind': 'distillation', 'margin': 5})
