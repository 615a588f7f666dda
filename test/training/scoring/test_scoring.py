# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from fairmot_ros.cli import score
from fairmot_ros.network import create_network, save_checkpoint
from fairmot_ros.training.config import DatasetConfig
from fairmot_ros.training.data.labelled_image import LabelledImage, make_labelled_image
from fairmot_ros.training.data.problems import Problems
from fairmot_ros.training.data.readers import read_dataset
from fairmot_ros.training.scoring.detection import (
    HIT,
    IGNORED,
    MISS,
    Curve,
    make_detector,
    mark_detections,
    score_detection,
)
from fairmot_ros.training.scoring.embedding import (
    choose_identities,
    compare,
    score_embedding,
    true_positive_rate,
)


def test_detections_match_the_label_of_highest_iou() -> None:
    truth = np.array([[0, 0, 10, 10], [4, 0, 14, 10], [50, 50, 60, 60]])
    boxes = np.array(
        [[3, 0, 13, 10], [0, 0, 10, 10], [4, 0, 14, 10], [80, 80, 90, 90], [71, 80, 81, 90]]
    )
    ignored = np.array([[75, 75, 95, 95]])
    marks = mark_detections(boxes, truth, ignored)
    assert marks.tolist() == [HIT, HIT, MISS, IGNORED, IGNORED]
    assert mark_detections(boxes[:0], truth, ignored).tolist() == []
    assert mark_detections(boxes[3:], truth[:0], ignored[:0]).tolist() == [MISS, MISS]


def test_average_precision_of_a_worked_example() -> None:
    """Hits at ranks 1, 3 and 4 of 5, one label never found: 1/4 (1 + 3/4 + 3/4)."""
    curve = Curve(
        np.array([0.5, 0.9, 0.8, 0.7, 0.6, 0.95]),
        np.array([MISS, HIT, MISS, HIT, HIT, IGNORED]),
        truths=4,
    )
    assert curve.average_precision() == pytest.approx((1 + 0.75 + 0.75) / 4)
    assert curve.best_point() == pytest.approx(
        {'threshold': 0.6, 'precision': 0.75, 'recall': 0.75, 'f1': 0.75}
    )
    assert Curve(np.zeros(0), np.zeros(0, int), 3).average_precision() == 0.0


def test_an_untrained_network_scores_low(drawn_people: Path, tmp_path: Path) -> None:
    torch.manual_seed(0)
    network = create_network('yolo', reid_dim=8, stem_channels=8, stride=8)
    save_checkpoint(network, tmp_path / 'w.pth', input_size=[96, 64])
    images = read_dataset(drawn_people, DatasetConfig('sixteen'), Problems())
    images.append(make_labelled_image(tmp_path / 'gone.jpg', [], []))
    result = score_detection(make_detector(str(tmp_path / 'w.pth')), images)
    assert 0 <= result['ap50'] < 0.2
    assert (result['pictures'], result['boxes']) == (16, 32)
    (left_out,) = result['left_out']
    assert 'gone.jpg' in left_out


def unit(rows: list[list[float]]) -> np.ndarray:
    array = np.array(rows, np.float32)
    return array / np.linalg.norm(array, axis=1, keepdims=True)


def test_retrieval_of_a_worked_example() -> None:
    """Two images each of persons 0 and 1; one of person 1 is similar to person 0."""
    embeddings = unit([[1, 0], [1, 0.1], [1, 0.2], [0, 1], [-1, 0]])
    result = compare(embeddings, np.array([0, 0, 1, 1, 2]))
    assert result['rank1'] == pytest.approx(2 / 4)
    assert result['map'] == pytest.approx((1 + 1 / 2 + 1 / 3 + 1) / 4)
    assert (result['pairs_same'], result['pairs_other']) == (2, 8)
    assert result['tpr_at_far']['1e-06'] is None


def test_true_positive_rate_at_false_accept_rates() -> None:
    positive = np.array([0.1, 0.55, 0.75, 0.95], np.float32)
    negative = np.arange(1.0, 0.0, -0.1).astype(np.float32)  # 1.0, 0.9 ... 0.1
    assert true_positive_rate(positive, negative, 0.1) == 0.25  # above 0.9
    assert true_positive_rate(positive, negative, 0.5) == 0.75  # above 0.5
    assert true_positive_rate(positive, negative, 0.05) is None


def test_embeddings_are_read_at_the_centres() -> None:
    network = create_network('yolo', reid_dim=8, stem_channels=8).eval()
    with torch.inference_mode():
        features = network.features(torch.rand(2, 3, 32, 64))
        expected = network.heads(features)['id'][1, :, 2, 3]
        boxes = torch.tensor([[3, 1, 4, 4], [2.5, 2, 4.5, 3]]) * network.stride
        found = network.predictions(network.dense(features)).embeddings_at(1, boxes)
    assert torch.allclose(found, (expected / expected.norm()).expand(2, -1), atol=1e-6)


def test_whole_identities_are_drawn() -> None:
    images = [
        make_labelled_image(Path(f'{i}.jpg'), [[0, 0, 5, 5], [1, 1, 6, 6]], [i // 2, -1])
        for i in range(10)
    ]
    chosen = choose_identities(images, max_people=5, seed=0)
    assert [len(p.boxes_xyxy) for p in chosen] == [1, 1, 1, 1]
    identities = [int(p.identities[0]) for p in chosen]
    assert len(set(identities)) == 2
    assert choose_identities(images, 100, 0)[9].identities.tolist() == [4]


def test_identical_images_have_a_perfect_embedding_score(drawn_people: Path) -> None:
    torch.manual_seed(0)
    network = create_network('yolo', reid_dim=8, stem_channels=8)
    images = read_dataset(drawn_people, DatasetConfig('sixteen'), Problems())
    twice: list[LabelledImage] = images + images
    result = score_embedding(network, twice, (96, 64), device='cpu', margin=0.25)
    # The same images twice: the first match of each is itself.
    assert result['rank1'] == result['map'] == 1.0
    assert (result['people'], result['identities']) == (64, 32)


@pytest.fixture
def weights(tmp_path: Path) -> Path:
    torch.manual_seed(0)
    path = tmp_path / 'weights.pth'
    network = create_network('yolo', reid_dim=8, stem_channels=8)
    save_checkpoint(network, path, input_size=[96, 64])
    return path


@pytest.mark.parametrize(('subject', 'measure'), [('detection', 'ap50'), ('embedding', 'rank1')])
def test_the_command_writes_json(
    subject: str, measure: str, weights: Path, drawn_people: Path, tmp_path: Path
) -> None:
    output = tmp_path / 'scores/result.json'
    arguments = [subject, str(drawn_people / 'twenty'), '--weights', str(weights)]
    assert score.main([*arguments, '--output', str(output), '--device', 'cpu']) == 0
    result = json.loads(output.read_text())
    assert measure in result
    assert result['input_size'] == [96, 64]


@pytest.mark.parametrize(
    ('arguments', 'message'),
    [
        (['--weights', 'none.pth'], 'no weights at none.pth'),
        (['--input-size', '100x64'], 'input_size must be (width, height) in multiples of 32'),
        (['--format', 'mot'], 'no MOTChallenge sequence in '),
    ],
)
def test_a_users_mistake_is_reported_in_one_line(
    arguments: list[str], message: str, drawn_people: Path, capsys: pytest.CaptureFixture
) -> None:
    assert score.main(['detection', str(drawn_people / 'twenty'), *arguments]) == 2
    error = capsys.readouterr().err
    assert error.startswith(f'fairmot-score: {message}')
    assert error.count('\n') == 1
