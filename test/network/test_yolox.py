# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""YOLOX-nano: its levels, its embedding map, its checkpoints."""

from pathlib import Path

import pytest
import torch

from fairmot_ros.detector.decode import decode_image
from fairmot_ros.network import create_network, load_checkpoint, save_checkpoint
from fairmot_ros.network.checkpoint import initialise
from fairmot_ros.network.fuse import fuse_batch_norms
from fairmot_ros.network.grid import STRIPES, GridPredictions, read_embeddings


def empty_maps(width: int = 64, height: int = 32, dim: int = 8) -> dict[str, torch.Tensor]:
    """Predictions for one image in which no cell has a score."""
    maps = {'id': torch.zeros(1, dim, height // 8, width // 8)}
    for stride in (8, 16, 32):
        shape = height // stride, width // stride
        maps[f'scores_{stride}'] = torch.zeros(1, 1, *shape)
        maps[f'boxes_{stride}'] = torch.zeros(1, 4, *shape)
    return maps


def put(
    maps: dict[str, torch.Tensor],
    stride: int,
    cell: tuple[int, int],
    score: float,
    box: tuple[float, ...],
) -> None:
    column, row = cell
    maps[f'scores_{stride}'][0, 0, row, column] = score
    maps[f'boxes_{stride}'][0, :, row, column] = torch.tensor(box)


def test_levels_and_embedding_map_have_their_sizes() -> None:
    network = create_network('yolox_nano', num_classes=2, reid_dim=16).eval()
    with torch.inference_mode():
        predictions = network(torch.rand(3, 3, 96, 160))
    assert [level.stride for level in predictions.levels] == [8, 16, 32]
    shapes = [tuple(level.scores.shape) for level in predictions.levels]
    assert shapes == [(3, 2, 12, 20), (3, 2, 6, 10), (3, 2, 3, 5)]
    assert all(((level.scores > 0) & (level.scores < 1)).all() for level in predictions.levels)
    embeddings = predictions.embeddings_at(1, torch.tensor([[0.0, 0.0, 30.0, 90.0]]))
    assert embeddings.shape == (1, 16)
    assert embeddings.norm() == pytest.approx(1.0)


def test_it_has_the_published_number_of_parameters() -> None:
    """0.91 million with 80 classes (YOLOX, Ge et al. 2021, table 5)."""
    network = create_network('yolox_nano', num_classes=80, reid_dim=0)
    assert round(sum(p.numel() for p in network.parameters()) / 1e6, 2) == 0.91


def test_boxes_are_relative_to_the_cell() -> None:
    maps = empty_maps()
    put(maps, 16, (3, 1), 0.9, (-0.5, -1.0, 0.5, 2.0))
    found = decode_image(GridPredictions(maps, 64), 0, score_threshold=0.1)
    assert found.boxes_xyxy.tolist() == [[40.0, 0.0, 56.0, 48.0]]
    assert found.scores.tolist() == pytest.approx([0.9])
    assert found.cells.tolist() == [1 * 4 + 3]


def test_one_person_on_two_levels_is_one_detection() -> None:
    maps = empty_maps()
    put(maps, 8, (2, 1), 0.6, (0.0, 0.0, 2.0, 3.0))  # 16..32, 8..32
    put(maps, 16, (1, 0), 0.8, (0.0, 0.5, 1.0, 2.0))  # the same place
    put(maps, 32, (1, 0), 0.3, (0.0, 0.0, 1.0, 1.0))
    found = decode_image(GridPredictions(maps, 64), 0, score_threshold=0.1)
    assert found.boxes_xyxy.tolist() == [[16.0, 8.0, 32.0, 32.0], [32.0, 0.0, 64.0, 32.0]]
    assert found.scores.tolist() == pytest.approx([0.8, 0.3])


def test_nothing_above_the_threshold_is_nothing() -> None:
    found = decode_image(GridPredictions(empty_maps(dim=8), 64), 0, score_threshold=0.1)
    assert found.boxes_xyxy.shape == (0, 4)
    assert found.embeddings.shape == (0, 8)


def test_each_stripe_of_a_box_has_its_own_channels() -> None:
    maps = torch.zeros(1, 2 * STRIPES, STRIPES, 8)
    maps[0, ::2] = torch.arange(1.0, STRIPES + 1)[:, None]  # the number of the row
    embedding = read_embeddings(maps, torch.tensor([[[1.0, 0.0, 5.0, STRIPES]]]))[0, 0]
    expected = torch.zeros(2 * STRIPES)
    expected[::2] = torch.arange(1.0, STRIPES + 1)
    assert torch.allclose(embedding, expected / expected.norm())


def test_embeddings_are_averaged_across_a_box() -> None:
    maps = torch.zeros(1, 2 * STRIPES, 16, 16)
    maps[0, ::2, :, :8], maps[0, 1::2, :, 8:] = 1.0, 1.0  # one channel on the left, one right
    boxes = torch.tensor([[[0.0, 0.0, 7.0, 16.0], [9.0, 0.0, 16.0, 16.0], [4.0, 2.0, 12.0, 8.0]]])
    left, right, both = read_embeddings(maps, boxes)[0].unflatten(1, (STRIPES, 2)).unbind()
    assert (left[:, 0] > 0).all() and (left[:, 1] == 0).all()
    assert (right[:, 1] > 0).all() and (right[:, 0] == 0).all()
    assert torch.allclose(both, torch.full_like(both, (2 * STRIPES) ** -0.5))


def test_every_image_of_a_batch_is_read_at_its_own_boxes() -> None:
    maps = torch.rand(3, 2 * STRIPES, 6, 9)
    boxes = torch.rand(3, 4, 4) * 4
    boxes[..., 2:] += 2
    one_by_one = [read_embeddings(maps[i : i + 1], boxes[i : i + 1]) for i in range(3)]
    assert torch.allclose(read_embeddings(maps, boxes), torch.cat(one_by_one))


def test_boxes_that_leave_the_image_read_its_border() -> None:
    maps = torch.rand(1, STRIPES, 6, 6)
    far = read_embeddings(maps, torch.tensor([[[-40.0, -60.0, -10.0, -20.0]]]))[0, 0]
    corner = maps[0, :, 0, 0]
    assert torch.allclose(far, corner / corner.norm())


def test_an_embedding_that_stripes_cannot_share_is_an_error() -> None:
    with pytest.raises(ValueError, match='multiple of 8'):
        create_network('yolox_nano', reid_dim=20)


@pytest.mark.parametrize('options', [{'reid_dim': 0}, {'reid_dim': 8, 'id_channels': 16}])
def test_checkpoints_tell_how_they_were_built(tmp_path: Path, options: dict) -> None:
    network = create_network('yolox_nano', **options).eval()
    save_checkpoint(network, tmp_path / 'n.pth', labels=['person'], input_size=[96, 64])
    loaded = load_checkpoint(tmp_path / 'n.pth')
    assert loaded.sizes == network.sizes
    assert loaded.info.input_size == (96, 64)
    images = torch.rand(1, 3, 64, 96)
    with torch.inference_mode():
        expected, got = network.whole_maps(images), loaded.whole_maps(images)
    assert all(torch.equal(expected[name], got[name]) for name in expected)
    assert ('id' in got) == bool(options['reid_dim'])


def test_training_starts_from_a_detector_without_embeddings(tmp_path: Path) -> None:
    detector = create_network('yolox_nano', reid_dim=0)
    save_checkpoint(detector, tmp_path / 'detector.pth')
    network = create_network('yolox_nano', reid_dim=8)
    assert initialise(network, tmp_path / 'detector.pth') == ['id']
    state, expected = network.state_dict(), detector.state_dict()
    assert all(torch.equal(state[key], value) for key, value in expected.items())


def test_folding_batch_norms_changes_nothing() -> None:
    torch.manual_seed(0)
    network = create_network('yolox_nano', reid_dim=8)
    images = torch.rand(2, 3, 64, 64)
    network(images)  # gives the batch norms statistics of their own
    network.eval()
    with torch.inference_mode():
        expected = network.whole_maps(images)
        got = fuse_batch_norms(network).whole_maps(images)
    for name, values in expected.items():
        assert torch.allclose(values, got[name], atol=1e-4), name


@pytest.mark.parametrize(
    ('options', 'message'),
    [
        ({'wh_channels': 2}, 'yolox_nano has no head wh, got wh_channels 2'),
        ({'stride': 2}, r'stride must be one of \(4, 8\), got 2'),
        ({'head_conv': 8}, 'yolox_nano does not take the option head_conv'),
        ({'reid_dim': -1}, 'reid_dim must be at least 0, got -1'),
    ],
)
def test_wrong_options_are_named(options: dict, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        create_network('yolox_nano', **options)


def test_other_image_sizes_are_refused() -> None:
    with pytest.raises(ValueError, match='multiples of 32, got 50 x 64'):
        create_network('yolox_nano')(torch.zeros(1, 3, 64, 50))
