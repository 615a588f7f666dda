# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0

import json
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch

from fairmot_ros.cli.calibrate import main
from fairmot_ros.cli.shipped_clips import PEDESTRIANS
from fairmot_ros.detector import Detector
from fairmot_ros.media.video_source import VideoSource
from fairmot_ros.network import create_network, load_checkpoint, save_checkpoint
from fairmot_ros.training.scoring.calibration import fit_line, reliability


def sigmoid(x: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-x))


def test_distorted_scores_are_calibrated() -> None:
    rng = np.random.default_rng(1)
    logits = rng.normal(0, 2, 40_000)
    hits = rng.random(len(logits)) < sigmoid(logits)
    slope, shift = fit_line(sigmoid((logits + 1.5) / 3), hits)
    assert slope == pytest.approx(3, rel=0.05)
    assert shift == pytest.approx(-1.5, abs=0.1)
    for row in reliability(sigmoid(logits), hits):
        assert row['right'] == pytest.approx(row['mean_score'], abs=0.03)


def test_equal_outcomes_are_an_error() -> None:
    with pytest.raises(ValueError, match='3 of 3 detections are correct'):
        fit_line(np.array([0.2, 0.5, 0.9]), np.ones(3, bool))


def test_inverted_scores_are_an_error() -> None:
    scores = np.linspace(0.2, 0.9, 40)
    with pytest.raises(ValueError, match='higher scores are not more often correct'):
        fit_line(scores, np.arange(40) < 20)


def test_the_line_is_merged_into_the_network() -> None:
    network = create_network('yolo', stem_channels=8, head_conv=8).eval()
    images = torch.rand(1, 3, 64, 64)
    with torch.no_grad():
        before = network(images)
        network.move_scores(2.0, 0.7)
        after = network(images)
    torch.testing.assert_close(after['hm'], 2.0 * before['hm'] + 0.7)
    torch.testing.assert_close(after['id'], before['id'])


def test_the_line_is_saved_with_a_network_with_levels(tmp_path: Path) -> None:
    network = create_network('yolox_nano', reid_dim=0).eval()
    images = torch.rand(1, 3, 64, 64)
    with torch.no_grad():
        before = network.whole_maps(images)
        network.move_scores(2.0, 0.0)
        network.move_scores(0.5, 0.7)
        save_checkpoint(network, tmp_path / 'moved.pth')
        after = load_checkpoint(tmp_path / 'moved.pth').whole_maps(images)
    for name in ('scores_8', 'scores_16', 'scores_32'):
        expected = before[name].logit() + 0.7
        torch.testing.assert_close(after[name].logit(), expected, atol=1e-4, rtol=1e-4)
    torch.testing.assert_close(after['boxes_8'], before['boxes_8'])


def test_the_command_writes_a_model(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    detector = Detector(precision='fp32', score_threshold=0.05)
    frames = list(VideoSource(PEDESTRIANS))[::4]
    images, annotations = [], []
    (tmp_path / 'street').mkdir()
    for number, frame in enumerate(frames):
        cv2.imwrite(str(tmp_path / 'street' / f'{number}.png'), frame)
        images.append({'id': number, 'file_name': f'{number}.png'})
        found = detector(frame)
        for x0, y0, x1, y1 in found.boxes_xyxy[found.scores > 0.4].astype(float).tolist():
            annotations.append(
                {'id': len(annotations), 'image_id': number, 'bbox': [x0, y0, x1 - x0, y1 - y0]}
            )
    del annotations[::3]  # a third of the confident detections becomes wrong
    (tmp_path / 'street' / 'annotations.json').write_text(
        json.dumps({'images': images, 'annotations': annotations})
    )
    config = tmp_path / 'config.yaml'
    config.write_text('name: tiny\narchitecture: yolo\nsets: [{folder: street}]\n')
    output = tmp_path / 'out' / 'weights.pth'
    arguments = [str(config), '--data', str(tmp_path), '--output', str(output)]
    assert main(arguments) == 0
    result = json.loads(capsys.readouterr().out)
    assert result['slope'] > 0
    assert load_checkpoint(output).info.thresholds['score_threshold'] == 0.8
    before, after = detector(frames[0]), Detector(output, score_threshold=0.0)(frames[0])
    logits = np.log(before.scores[:3]) - np.log1p(-before.scores[:3])
    expected = sigmoid(result['slope'] * logits + result['shift'])
    np.testing.assert_allclose(after.scores[:3], expected, atol=0.01)
    np.testing.assert_allclose(after.boxes_xyxy[:3], before.boxes_xyxy[:3], atol=0.1)

    assert main([*arguments, '--weights', str(tmp_path / 'none.pth')]) == 2
    assert 'none.pth' in capsys.readouterr().err
