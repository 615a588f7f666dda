"""The second look at half the size."""

from pathlib import Path

import numpy as np
import pytest
import torch

from fairmot_ros.detector import Detector
from fairmot_ros.detector.near import half_size, join, taller_than
from fairmot_ros.network import create_network, load_checkpoint, save_checkpoint
from fairmot_ros.types import Detections


def found(*rows: tuple[float, ...], class_ids: list[int] | None = None) -> Detections:
    """Rows of left, top, right, bottom, score; embeddings hold the score."""
    values = np.array(rows, np.float32).reshape(-1, 5)
    return Detections(values[:, :4], values[:, 4], values[:, 4:], class_ids)


def test_half_a_size_is_a_multiple_of_32() -> None:
    assert half_size((640, 480)) == (320, 256)
    assert half_size((1088, 608)) == (544, 320)
    assert half_size((32, 64)) == (32, 32)


def test_only_tall_people_are_kept() -> None:
    kept = taller_than(50, found((0, 0, 20, 51, 0.9), (0, 0, 90, 50, 0.8)))
    assert kept.scores.tolist() == pytest.approx([0.9])


def test_one_person_seen_twice_counts_once() -> None:
    """The better detection is kept, whichever look it is of, with its embedding."""
    first = found((0, 0, 40, 100, 0.6), (200, 0, 240, 100, 0.7), (400, 0, 440, 100, 0.5))
    second = found((2, 0, 42, 100, 0.8), (200, 2, 240, 102, 0.3))
    joined = join(first, second, max_detections=10)
    assert joined.scores.tolist() == pytest.approx([0.8, 0.7, 0.5])
    assert joined.boxes_xyxy[:, 0].tolist() == [2, 200, 400]
    assert np.array_equal(joined.embeddings[:, 0], joined.scores)
    assert join(first, second, max_detections=2).scores.tolist() == pytest.approx([0.8, 0.7])


def test_neighbours_classes_and_looks_of_their_own_are_left_alone() -> None:
    first = found((0, 0, 40, 100, 0.6), (5, 0, 45, 100, 0.5))  # both of one look
    beside = found((30, 0, 70, 100, 0.9))
    assert len(join(first, beside, 10)) == 3
    other = found((0, 0, 40, 100, 0.9), class_ids=[1])
    assert len(join(first, other, 10)) == 3
    nobody = found()
    assert join(nobody, nobody, 10).boxes_xyxy.shape == (0, 4)
    assert np.array_equal(join(first, nobody, 10).scores, first.scores)


@pytest.fixture(scope='module')
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    torch.manual_seed(0)
    path = tmp_path_factory.mktemp('near') / 'model.pth'
    network = create_network('yolo', stem_channels=8, reid_dim=12)
    torch.nn.init.constant_(network.wh[2].bias, 3.0)  # boxes of about 24 pixels
    save_checkpoint(network, path, input_size=[160, 96], near_height=40)
    return path


def test_the_second_look_sees_what_half_the_size_shows(weights: Path) -> None:
    """Several images at once, one of which is of another shape."""
    assert load_checkpoint(weights).info.near_height == 40
    rng = np.random.default_rng(0)
    shapes = ((96, 160, 3), (300, 90, 3))
    images = [rng.integers(0, 256, shape, dtype=np.uint8) for shape in shapes]
    options = {'device': 'cpu', 'score_threshold': 0.05, 'max_detections': 10_000}
    both = Detector(weights, near_height=35, **options).detect(images)
    whole = Detector(weights, near_height=0, **options).detect(images)
    half = Detector(weights, (96, 64), near_height=0, **options).detect(images)
    for a, b, c, unit in zip(both, whole, half, (1, 300 / 96), strict=True):
        near = taller_than(35 * unit, c)
        assert 0 < len(near)
        assert not np.array_equal(a.scores, b.scores)
        assert np.array_equal(a.scores, join(b, near, 10_000).scores)
    assert Detector(weights, device='cpu').near_height == 40


def test_a_negative_height_is_refused(weights: Path) -> None:
    with pytest.raises(ValueError, match='near_height must be 0 or more, got -3'):
        Detector(weights, near_height=-3)
