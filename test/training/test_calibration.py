import json
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch

from fairmot_ros.cli.calibrate import main
from fairmot_ros.cli.demo import SHIPPED_VIDEO
from fairmot_ros.detector import Detector
from fairmot_ros.network import create_network
from fairmot_ros.ros.video_source import VideoSource
from fairmot_ros.training.scoring.calibration import apply_line, fit_line, reliability


def sigmoid(x: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-x))


def test_a_distorted_score_is_set_straight() -> None:
    rng = np.random.default_rng(1)
    logits = rng.normal(0, 2, 40_000)
    hits = rng.random(len(logits)) < sigmoid(logits)
    slope, shift = fit_line(sigmoid((logits + 1.5) / 3), hits)
    assert slope == pytest.approx(3, rel=0.05)
    assert shift == pytest.approx(-1.5, abs=0.1)
    for row in reliability(sigmoid(logits), hits):
        assert row['right'] == pytest.approx(row['mean_score'], abs=0.03)


def test_equal_outcomes_teach_nothing() -> None:
    with pytest.raises(ValueError, match='3 of 3 detections are right'):
        fit_line(np.array([0.2, 0.5, 0.9]), np.ones(3, bool))


def test_the_line_goes_into_the_network() -> None:
    network = create_network('yolo', stem_channels=8, head_conv=8).eval()
    images = torch.rand(1, 3, 64, 64)
    with torch.no_grad():
        before = network(images)
        apply_line(network, 2.0, 0.7)
        after = network(images)
    torch.testing.assert_close(after['hm'], 2.0 * before['hm'] + 0.7)
    torch.testing.assert_close(after['id'], before['id'])


def test_the_command_writes_a_model(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    picture = next(iter(VideoSource(SHIPPED_VIDEO)))
    found = Detector(score_threshold=0.05)(picture)
    wrong = np.flatnonzero(found.scores > 0.5)[::2]  # half of the surest, and nobody else
    labels = np.delete(found.boxes_xyxy, wrong, axis=0).astype(float)
    (tmp_path / 'street').mkdir()
    cv2.imwrite(str(tmp_path / 'street' / '0.png'), picture)
    (tmp_path / 'street' / 'annotations.json').write_text(json.dumps({
        'images': [{'id': 0, 'file_name': '0.png'}],
        'annotations': [
            {'id': n, 'image_id': 0, 'bbox': [x0, y0, x1 - x0, y1 - y0]}
            for n, (x0, y0, x1, y1) in enumerate(labels.tolist())
        ],
    }))
    config = tmp_path / 'config.yaml'
    config.write_text('name: tiny\narchitecture: yolo\nsets: [{folder: street}]\n')
    output = tmp_path / 'out' / 'weights.pth'
    arguments = [str(config), '--data', str(tmp_path), '--output', str(output)]
    assert main(arguments) == 0
    assert json.loads(capsys.readouterr().out)['detections'] > len(wrong)
    calibrated = Detector(output, score_threshold=0.0)(picture)
    assert len(calibrated) > 0
    assert calibrated.scores.max() < found.scores.max(), 'half of the surest were wrong'

    assert main([*arguments, '--weights', str(tmp_path / 'none.pth')]) == 2
    assert 'none.pth' in capsys.readouterr().err
