# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0

from pathlib import Path

import numpy as np
import pytest
import torch

from fairmot_ros.detector import Detector
from fairmot_ros.network import CheckpointError, create_network, save_checkpoint


@pytest.fixture(scope='module')
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A network that has learned nothing, so that its peaks lie anywhere."""
    torch.manual_seed(0)
    network = create_network('yolo', stem_channels=8, reid_dim=12)
    path = tmp_path_factory.mktemp('weights') / 'random.pth'
    save_checkpoint(network, path, name='random', input_size=[160, 96])
    return path


@pytest.fixture(scope='module')
def image() -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (120, 200, 3), dtype=np.uint8)


def test_detections_are_sorted_and_complete(weights: Path, image: np.ndarray) -> None:
    detector = Detector(weights, device='cpu', score_threshold=0.05, max_detections=20)
    found = detector(image)
    assert 0 < len(found) <= 20
    assert (np.diff(found.scores) <= 0).all()
    assert (found.scores > 0.05).all()
    assert found.embeddings is not None
    assert np.allclose(np.linalg.norm(found.embeddings, axis=1), 1, atol=1e-6)
    assert found.boxes_xyxy.dtype == np.float32


def test_input_size_is_the_models_own_unless_given(weights: Path, image: np.ndarray) -> None:
    assert Detector(weights, device='cpu').input_size == (160, 96)
    detector = Detector(weights, device='cpu', input_size=(96, 224))
    assert detector.input_size == (96, 224)
    detector(image)


def test_the_same_image_gives_the_same_result(weights: Path, image: np.ndarray) -> None:
    detector = Detector(weights, device='cpu', score_threshold=0.05)
    first, second = detector(image), detector(image.copy())
    assert np.array_equal(first.boxes_xyxy, second.boxes_xyxy)
    assert np.array_equal(first.embeddings, second.embeddings)


def test_model_name_tells_weights_apart(weights: Path, tmp_path: Path) -> None:
    save_checkpoint(create_network('yolo', stem_channels=8), tmp_path / 'o.pth', name='random')
    names = {Detector(path, device='cpu').model_name for path in (weights, tmp_path / 'o.pth')}
    assert len(names) == 2
    assert all(name.startswith('random:') for name in names)


@pytest.mark.parametrize(
    ('arguments', 'message'),
    [
        ({'input_size': (100, 64)}, 'multiples of 32, got 100 x 64; the nearest is 96 x 64'),
        ({'device': 'gpu'}, "device must be 'auto', 'cpu', 'cuda' or 'cuda:N', got 'gpu'"),
        ({'device': 'cuda:99'}, "'cuda:99' is not available: torch .* finds"),
        ({'precision': 'int3'}, "precision must be .* got 'int3'"),
        ({'engine': 'magic'}, "engine must be one of .* got 'magic'"),
        ({'score_threshold': 1.5}, r'within 0\.\.1, got 1\.5'),
        ({'max_detections': 0}, 'at least 1, got 0'),
    ],
)
def test_wrong_arguments_are_named(weights: Path, arguments: dict, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Detector(weights, **{'device': 'cpu', **arguments})


def test_missing_weights_are_named(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match=r'no weights at .*none\.pth'):
        Detector(tmp_path / 'none.pth', device='cpu')


@pytest.mark.parametrize(
    'image',
    [
        np.zeros((10, 10), np.uint8),
        np.zeros((10, 10, 4), np.uint8),
        np.zeros((10, 10, 3), np.float32),
        np.zeros((0, 10, 3), np.uint8),
    ],
    ids=['grey', 'alpha', 'float', 'empty'],
)
def test_other_images_are_refused(weights: Path, image: np.ndarray) -> None:
    with pytest.raises(ValueError, match=r'expected a BGR image, uint8 \[H, W, 3\]'):
        Detector(weights, device='cpu')(image)


def test_half_precision_keeps_the_embeddings(weights: Path, image: np.ndarray) -> None:
    full = Detector(weights, device='cpu', score_threshold=0.05)(image)
    half = Detector(weights, device='cpu', precision='bf16', score_threshold=0.05)(image)
    assert full.embeddings is not None
    assert half.embeddings is not None
    # Peaks may come in another order; compare each with its nearest by place.
    distance = np.abs(full.boxes_xyxy[:5, None, :2] - half.boxes_xyxy[None, :, :2]).max(axis=2)
    nearest = distance.argmin(axis=1)
    close = distance.min(axis=1) < 2.0
    assert close.any()
    cosine = (full.embeddings[:5] * half.embeddings[nearest]).sum(axis=1)
    assert (cosine[close] > 0.98).all()


def test_embeddings_of_detected_boxes_are_those_of_the_detections(tmp_path: Path) -> None:
    torch.manual_seed(0)
    network = create_network('yolox_nano', reid_dim=16)
    save_checkpoint(network, tmp_path / 'n.pth', input_size=[160, 96])
    image = np.random.default_rng(0).integers(0, 256, (60, 90, 3), dtype=np.uint8)
    detector = Detector(tmp_path / 'n.pth', device='cpu', score_threshold=0.0, max_detections=9)
    found = detector(image)
    assert len(found) == 9
    again = detector.embed(image, found.boxes_xyxy)
    assert np.allclose(again, found.embeddings, atol=1e-4)
    assert detector.embed(image, np.zeros((0, 4))).shape == (0, 16)
    assert detector.embed(image, []).shape == (0, 16)  # type: ignore[arg-type]
    assert detector.detect([]) == []


def test_a_network_without_embeddings_says_so(tmp_path: Path) -> None:
    save_checkpoint(create_network('yolox_nano', reid_dim=0), tmp_path / 'n.pth')
    detector = Detector(tmp_path / 'n.pth', (64, 64), device='cpu', score_threshold=0.0)
    image = np.zeros((64, 64, 3), np.uint8)
    assert detector(image).embeddings is None
    with pytest.raises(ValueError, match='yolox_nano:.* has no embeddings'):
        detector.embed(image, np.zeros((1, 4)))
