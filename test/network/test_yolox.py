"""YOLOX-nano: its levels, its embedding map, its checkpoints."""

from pathlib import Path

import numpy as np
import pytest
import torch

from fairmot_ros.detector.decode import decode_image
from fairmot_ros.network import create_network, load_checkpoint, save_checkpoint
from fairmot_ros.network.checkpoint import initialise
from fairmot_ros.network.fuse import fuse_batch_norms
from fairmot_ros.network.grid import READ_POINTS, GridPredictions, read_embeddings


def empty_maps(width: int = 64, height: int = 32, dim: int = 3) -> dict[str, torch.Tensor]:
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
    found = decode_image(GridPredictions(empty_maps(dim=5), 64), 0, score_threshold=0.1)
    assert found.boxes_xyxy.shape == (0, 4)
    assert found.embeddings.shape == (0, 5)


def test_embeddings_are_read_inside_the_box_and_averaged() -> None:
    maps = torch.zeros(1, 2, 8, 8)
    maps[0, 0, :4], maps[0, 1, 4:] = 1.0, 1.0  # the upper half says x, the lower y
    boxes = torch.tensor([[[1.0, 0.0, 3.0, 4.0], [1.0, 4.0, 3.0, 8.0], [1.0, 0.0, 3.0, 8.0]]])
    upper, lower, both = read_embeddings(maps, boxes)[0]
    assert upper.tolist() == [1.0, 0.0]
    assert lower.tolist() == [0.0, 1.0]
    assert 0.2 < both[0] < 0.98
    assert both.norm() == pytest.approx(1.0)


def test_boxes_that_leave_the_image_read_its_border() -> None:
    maps = torch.rand(1, 4, 6, 6)
    far = read_embeddings(maps, torch.tensor([[[-40.0, -60.0, -10.0, -20.0]]]))[0, 0]
    corner = maps[0, :, 0, 0]
    assert torch.allclose(far, corner / corner.norm())


def test_read_points_lie_inside() -> None:
    points = np.array(READ_POINTS)
    assert ((points > 0) & (points < 1)).all()


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
